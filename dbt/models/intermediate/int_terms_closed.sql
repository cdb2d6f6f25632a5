with recursive terms as (

    select * from {{ ref('stg_mp__terms') }}

),

parents as (

    select
        mp_term_id,
        unnest(parent_ids) as parent_id
    from terms

),

closed as (

    select
        mp_term_id,
        mp_term_id as ancestor_id
    from terms
    union
    select
        closed.mp_term_id,
        parents.parent_id as ancestor_id
    from closed
    inner join parents on closed.ancestor_id = parents.mp_term_id

)

select * from closed
