with source as (

    select * from {{ source('raw', 'mp_ontology') }}

),

renamed as (

    select
        source_row,
        {{ text('mp_term_id') }} as mp_term_id,
        {{ text('mp_term_name') }} as mp_term_name,
        {{ flag('obsolete') }} as is_obsolete,
        coalesce({{ texts('parent_ids', '|') }}, []) as parent_ids,
        coalesce(from_json(exact_synonyms, '["VARCHAR"]'), []) as exact_synonyms,
        coalesce({{ texts('replaced_by', '|') }}, []) as successor_ids,
        coalesce({{ texts('alternative_ids', '|') }}, []) as alternative_ids
    from source

)

select * from renamed
