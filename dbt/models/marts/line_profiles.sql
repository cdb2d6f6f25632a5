with profiles as (

    select * from {{ ref('int_profiles_imputed') }}

),

told as (

    select
        line_id,
        trait_id,
        effect_size,
        imputed_effect_size,
        is_measured,
        is_shrunk,
        '{{ var("release") }}' as release
    from profiles

)

select * from told
