with effects as (

    select * from {{ ref('int_effects_joined') }}

),

lines as (

    select * from {{ ref('int_lines_resolved') }}

),

-- Few controls give an error that is itself a guess, and with it a weight that may be anything.
weighted as (

    select
        line_id,
        trait_id,
        list(effect_size order by sex) as effect_sizes,
        list(1 / (standard_error * standard_error) order by sex) as weights
    from effects
    where
        control_count >= {{ var('comparable_controls') }}
        and isfinite(effect_size)
        and standard_error > 0
    group by line_id, trait_id

),

-- Lists, not sums of groups: two or three numbers added in a known order are the same number each time.
averaged as (

    select
        weighted.line_id,
        weighted.trait_id,
        lines.gene_id,
        lines.zygosity,
        lines.centre,
        list_inner_product(weighted.effect_sizes, weighted.weights) / list_sum(weighted.weights) as effect_size,
        sqrt(1 / list_sum(weighted.weights)) as standard_error
    from weighted
    left join lines on weighted.line_id = lines.line_id

)

select * from averaged
