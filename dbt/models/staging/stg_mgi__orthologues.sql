with source as (

    select * from {{ source('raw', 'orthologues') }}

),

renamed as (

    select
        source_row,
        {{ text('human_symbol') }} as human_symbol,
        {{ text('human_entrez_id') }} as human_entrez_id,
        {{ text('mouse_symbol') }} as mouse_symbol,
        {{ text('gene_id') }} as gene_id
    from source

)

select * from renamed
