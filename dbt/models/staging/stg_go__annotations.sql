with source as (

    select * from {{ source('raw', 'go_annotations') }}

),

renamed as (

    select
        source_row,
        {{ text('term_id') }} as node_id,
        {{ text('gene_symbol') }} as human_symbol,
        {{ text('gene_id') }} as gene_id,
        {{ text('evidence') }} as evidence,
        coalesce(list_contains(string_split({{ text('qualifier') }}, '|'), 'NOT'), false) as is_negated
    from source

)

select * from renamed
