with terms as (

    select *
    from {{ ref('stg_mp__terms') }}
    where mp_term_id like 'MP:%'

),

ids as (

    select * from {{ ref('int_term_ids_matched') }}

),

synonyms as (

    select
        mp_term_id,
        unnest(exact_synonyms) as other_name
    from terms
    where not is_obsolete

),

-- A living term's name counts before a living term's synonym, and that before the name of a term that was given up.
names as (

    select
        mp_term_id,
        lower(regexp_replace(mp_term_name, '^obsolete ', '')) as name_key,
        case when is_obsolete then 3 else 1 end as preference
    from terms
    where mp_term_name is not null
    union
    select
        mp_term_id,
        lower(other_name) as name_key,
        2 as preference
    from synonyms

),

preferred as (

    select
        *,
        count(*) over (partition by name_key, preference) as bearer_count
    from names
    qualify preference = min(preference) over (partition by name_key)

),

matched as (

    select
        ids.is_obsolete,
        preferred.name_key,
        case when preferred.preference <> 2 or preferred.bearer_count = 1 then ids.mp_term_id end as mp_term_id,
        case preferred.preference
            when 1 then 'name'
            when 2 then if(preferred.bearer_count = 1, 'synonym', 'synonym of several')
            else if(ids.kind = 'replaced', 'replaced name', 'obsolete name')
        end as kind
    from preferred
    inner join ids on preferred.mp_term_id = ids.term_id
    qualify row_number() over (partition by preferred.name_key order by preferred.mp_term_id) = 1

)

select * from matched
