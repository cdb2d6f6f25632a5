with effects as (

    select * from {{ ref('int_effects_averaged') }}
    where gene_id is not null

),

-- A centre counts once for a knockout, however many colonies it has of it.
gathered as (

    select
        trait_id,
        centre,
        concat_ws('|', gene_id, zygosity) as reference_id,
        list(effect_size order by line_id) as effect_sizes,
        list(1 / (standard_error * standard_error) order by line_id) as weights
    from effects
    group by gene_id, zygosity, trait_id, centre

),

averaged as (

    select
        reference_id,
        trait_id,
        centre,
        list_inner_product(effect_sizes, weights) / list_sum(weights) as effect,
        sqrt(1 / list_sum(weights)) as error
    from gathered

),

repeated as (

    select *
    from averaged
    qualify count(*) over (partition by reference_id, trait_id) > 1

)

select * from repeated
