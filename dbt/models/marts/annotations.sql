with annotations as (

    select * from {{ ref('int_annotations_listed') }}

),

-- Two Ensembl ids or two symbols of one gene: the larger weight stands.
strongest as (

    select
        gene_id,
        node_id,
        min(node_kind) as node_kind,
        min(node_name) as node_name,
        min(source) as source,
        max(weight) as weight,
        '{{ var("release") }}' as release
    from annotations
    where gene_id is not null and node_id is not null
    group by gene_id, node_id

)

select * from strongest
