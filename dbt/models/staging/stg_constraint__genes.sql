with source as (

    select * from {{ source('raw', 'gene_constraint') }}

),

renamed as (

    select
        source_row,
        {{ text('mgi_id') }} as gene_id,
        {{ text('gene_symbol') }} as human_symbol,
        {{ number('oe_lof_upper') }} as loeuf,
        {{ number('oe_mis_upper') }} as missense_oe,
        {{ number('shet_post_mean') }} as shet
    from source

)

select * from renamed
