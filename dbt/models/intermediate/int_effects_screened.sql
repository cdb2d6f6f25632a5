with specimens as (

    select * from {{ ref('int_specimens_scaled') }}

),

controls as (

    select
        centre,
        pipeline_id,
        metadata_group,
        sex,
        trait_id,
        count(*) as control_count,
        sum(z) as z_sum,
        sum(z::decimal(20, 6) * z) as z_square_sum
    from specimens
    where is_control
    group by centre, pipeline_id, metadata_group, sex, trait_id

),

mutants as (

    select
        centre,
        pipeline_id,
        metadata_group,
        sex,
        trait_id,
        line_id,
        count(*) as mutant_count,
        sum(z) as z_sum
    from specimens
    where not is_control and line_id is not null
    group by centre, pipeline_id, metadata_group, sex, trait_id, line_id

),

paired as (

    select
        mutants.line_id,
        mutants.trait_id,
        mutants.sex,
        sum(mutants.mutant_count) as mutant_count,
        coalesce(sum(controls.control_count), 0) as control_count,
        sum(mutants.z_sum)::double as mutant_sum,
        coalesce(sum(controls.z_sum), 0)::double as control_sum,
        coalesce(sum(controls.z_square_sum), 0)::double as control_square_sum
    from mutants
    left join controls
        on
            mutants.centre = controls.centre
            and mutants.pipeline_id = controls.pipeline_id
            and mutants.metadata_group = controls.metadata_group
            and mutants.sex = controls.sex
            and mutants.trait_id = controls.trait_id
    group by mutants.line_id, mutants.trait_id, mutants.sex

),

-- Under "no effect" mutants vary as their controls do, so the spread is the controls' own.
estimated as (

    select
        *,
        mutant_sum / mutant_count - control_sum / nullif(control_count, 0) as effect_size,
        nullif(sqrt(
            (control_square_sum - control_sum * control_sum / nullif(control_count, 0)) / nullif(control_count - 1, 0)
            * (1.0 / mutant_count + 1.0 / nullif(control_count, 0))
        ), 0) as standard_error
    from paired

)

select * from estimated
