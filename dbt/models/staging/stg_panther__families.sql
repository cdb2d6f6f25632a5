with source as (

    select * from {{ source('raw', 'gene_families') }}

),

renamed as (

    select
        source_row,
        {{ text('mgi_id') }} as gene_id,
        {{ text('human_symbol') }} as human_symbol,
        {{ text('panther_family') }} as family_id,
        {{ text('family_name') }} as family_name,
        {{ text('panther_subfamily') }} as subfamily_id
    from source

)

select * from renamed
