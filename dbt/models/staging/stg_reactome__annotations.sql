with source as (

    select * from {{ source('raw', 'reactome_annotations') }}

),

renamed as (

    select
        source_row,
        {{ text('term_id') }} as node_id,
        {{ text('gene_symbol') }} as human_symbol
    from source

)

select * from renamed
