with source as (

    select * from {{ source('raw', 'reactome_pathways') }}

),

renamed as (

    select
        source_row,
        {{ text('term_id') }} as node_id,
        {{ text('name') }} as node_name,
        list_sort(list_distinct(regexp_split_to_array({{ text('gene_symbols') }}, '[|,\t ]+'))) as human_symbols
    from source

)

select * from renamed
