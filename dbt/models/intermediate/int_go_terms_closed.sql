with recursive terms as (

    select * from {{ ref('stg_go__terms') }}

),

parents as (

    select
        node_id,
        unnest(parent_ids) as parent_id
    from terms

),

closed as (

    select
        node_id,
        node_id as ancestor_id
    from terms
    union
    select
        closed.node_id,
        parents.parent_id as ancestor_id
    from closed
    inner join parents on closed.ancestor_id = parents.node_id

),

-- An annotation may still name the id of a term that was merged into another one.
ids as (

    select
        node_id as go_id,
        node_id
    from terms
    union
    select
        unnest(alternative_ids) as go_id,
        node_id
    from terms

),

named as (

    select
        ids.go_id,
        closed.ancestor_id as node_id,
        min(terms.node_name) as node_name,
        bool_or(closed.ancestor_id = ids.node_id) as is_direct
    from ids
    inner join closed on ids.node_id = closed.node_id
    left join terms on closed.ancestor_id = terms.node_id
    group by ids.go_id, closed.ancestor_id

)

select * from named
