with pairs as (

    select * from {{ ref('int_traits_paired') }}

),

told as (

    select
        trait_id_a,
        trait_id_b,
        control_count::integer as control_count,
        control_correlation,
        effect_count::integer as effect_count,
        effect_correlation,
        evidence,
        '{{ var("release") }}' as release
    from pairs

)

select * from told
