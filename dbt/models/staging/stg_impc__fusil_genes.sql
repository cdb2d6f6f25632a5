with source as (

    select * from {{ source('raw', 'fusil') }}

),

renamed as (

    select
        source_row,
        {{ text('gene_accession_id') }} as gene_id,
        {{ text('gene_symbol') }} as gene_symbol,
        {{ text('human_symbol') }} as human_symbol,
        {{ text('fusil') }} as fusil_bin
    from source

)

select * from renamed
