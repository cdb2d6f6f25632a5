with compared as (

    select * from {{ ref('int_traits_compared') }}

),

told as (

    select
        trait_id,
        reference_line_count::integer as reference_line_count,
        centre_pair_count::integer as centre_pair_count,
        heterogeneity,
        heterogeneity_low,
        heterogeneity_high,
        median_difference,
        effect_correlation,
        '{{ var("release") }}' as release
    from compared

)

select * from told
