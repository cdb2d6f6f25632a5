with effects as (

    select * from {{ ref('int_effects_joined') }}

),

lines as (

    select * from {{ ref('int_lines_resolved') }}

),

judged as (

    select
        effects.line_id,
        effects.trait_id,
        effects.sex,
        effects.life_stage,
        lines.gene_id,
        lines.centre,
        effects.mutant_count::integer as mutant_count,
        effects.control_count::integer as control_count,
        effects.effect_size,
        effects.standard_error,
        effects.weight_adjusted_effect_size,
        {{ two_sided_p('(effects.effect_size / effects.standard_error)') }} as p_value,
        effects.method,
        effects.released_p_value,
        effects.released_effect_size,
        effects.released_method,
        effects.released_classification_tag,
        effects.window_bandwidth as released_window_bandwidth,
        effects.window_shape as released_window_shape,
        effects.window_min_obs_required as released_window_min_obs_required,
        effects.window_total_obs_or_weight as released_window_total_obs_or_weight,
        effects.method = 'screen' and effects.control_count >= {{ var('comparable_controls') }} as is_comparable,
        '{{ var("release") }}' as release
    from effects
    left join lines on effects.line_id = lines.line_id

)

select * from judged
