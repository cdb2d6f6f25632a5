with screened as (

    select * from {{ ref('int_effects_screened') }}

),

released as (

    select * from {{ ref('int_results_released') }}

),

screened_traits as (

    select distinct
        line_id,
        trait_id
    from screened

),

-- A line without specimen data still has its released result, for both sexes together.
unscreened as (

    select released.*
    from released
    anti join screened_traits
        on released.line_id = screened_traits.line_id and released.trait_id = screened_traits.trait_id
    where released.is_summary

),

joined as (

    select
        screened.line_id,
        screened.trait_id,
        screened.sex,
        screened.life_stage,
        screened.mutant_count,
        screened.control_count,
        screened.effect_size,
        screened.standard_error,
        screened.weight_adjusted_effect_size,
        released.released_p_value,
        released.released_effect_size,
        released.released_method,
        released.released_classification_tag,
        released.window_bandwidth,
        released.window_shape,
        released.window_min_obs_required,
        released.window_total_obs_or_weight,
        'screen' as method
    from screened
    left join released
        on
            screened.line_id = released.line_id
            and screened.trait_id = released.trait_id
            and screened.sex = released.sex
    union all
    select
        line_id,
        trait_id,
        sex,
        null as life_stage,
        mutant_count,
        control_count,
        null as effect_size,
        null as standard_error,
        null as weight_adjusted_effect_size,
        released_p_value,
        released_effect_size,
        released_method,
        released_classification_tag,
        window_bandwidth,
        window_shape,
        window_min_obs_required,
        window_total_obs_or_weight,
        'released' as method
    from unscreened

)

select * from joined
