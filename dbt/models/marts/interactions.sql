with pairs as (

    select * from {{ ref('int_interactions_mapped') }}

),

-- Filtered here and not where symbols are joined: there the inequality would become a cross product of all genes.
selected as (

    select
        gene_id_a,
        gene_id_b,
        source,
        score,
        '{{ var("release") }}' as release
    from pairs
    where gene_id_a <> gene_id_b

)

select * from selected
