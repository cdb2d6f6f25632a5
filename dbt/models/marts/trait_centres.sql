with counted as (

    select * from {{ ref('int_trait_centres_counted') }}

),

selected as (

    select
        trait_id,
        centre,
        control_count::integer as control_count,
        mutant_count::integer as mutant_count,
        line_count::integer as line_count,
        is_submitted,
        coverage_weight,
        tested_share,
        location,
        spread,
        '{{ var("release") }}' as release
    from counted

)

select * from selected
