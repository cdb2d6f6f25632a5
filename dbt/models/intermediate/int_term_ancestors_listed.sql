with terms as (

    select * from {{ ref('stg_mp__terms') }}

),

closure as (

    select * from {{ ref('int_terms_closed') }}

),

roots as (

    select mp_term_id
    from terms
    where len(parent_ids) = 0 and not is_obsolete

),

top_levels as (

    select mp_term_id
    from terms
    where list_has_any(parent_ids, (select list(roots.mp_term_id) from roots))

),

ancestors as (

    select
        closure.mp_term_id,
        list(closure.ancestor_id order by closure.ancestor_id)
        filter (where closure.ancestor_id <> closure.mp_term_id) as ancestor_ids,
        list(top_levels.mp_term_id order by top_levels.mp_term_id)
        filter (where top_levels.mp_term_id is not null) as top_level_ids
    from closure
    left join top_levels on closure.ancestor_id = top_levels.mp_term_id
    group by closure.mp_term_id

)

select * from ancestors
