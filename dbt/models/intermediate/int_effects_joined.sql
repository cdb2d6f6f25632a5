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
        screened.mutant_count,
        screened.control_count,
        screened.effect_size,
        screened.standard_error,
        released.released_p_value,
        released.released_effect_size,
        released.released_method,
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
        mutant_count,
        control_count,
        null as effect_size,
        null as standard_error,
        released_p_value,
        released_effect_size,
        released_method,
        'released' as method
    from unscreened

)

select * from joined
