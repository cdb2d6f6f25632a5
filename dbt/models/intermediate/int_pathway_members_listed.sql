with pathways as (

    select * from {{ ref('stg_reactome__pathways') }}

),

members as (

    select
        node_id,
        unnest(human_symbols) as human_symbol
    from pathways
    union
    select
        node_id,
        human_symbol
    from {{ ref('stg_reactome__annotations') }}

),

names as (

    select
        node_id,
        min(node_name) as node_name
    from pathways
    group by node_id

),

listed as (

    select
        members.node_id,
        names.node_name,
        members.human_symbol
    from members
    left join names on members.node_id = names.node_id
    where members.human_symbol is not null and members.node_id is not null

)

select * from listed
