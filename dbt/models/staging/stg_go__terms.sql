with source as (

    select * from {{ source('raw', 'go_ontology') }}

),

renamed as (

    select
        source_row,
        {{ text('term_id') }} as node_id,
        {{ text('term_name') }} as node_name,
        {{ flag('obsolete') }} as is_obsolete,
        coalesce({{ texts('parent_ids', '|') }}, []) as parent_ids,
        coalesce({{ texts('alternative_ids', '|') }}, []) as alternative_ids
    from source

)

select * from renamed
