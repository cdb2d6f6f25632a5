with measurements as (

    select * from {{ ref('int_measurements_typed') }}
    where submitted_value is not null

),

cells as (

    select * from {{ ref('int_cells_listed') }}

),

specimens as (

    select * from {{ ref('int_specimens_listed') }}

),

derivations as (

    select * from {{ ref('series_derivations') }}

),

-- What a centre derives itself in a pipeline stands; ours only takes the place of what it never submits there.
submitted as (

    select distinct
        cells.centre,
        cells.pipeline_id,
        cells.trait_id
    from cells
    where cells.trait_id in (select derivations.derived_trait_id from derivations)

),

points as (

    select
        measurements.*,
        cells.centre,
        cells.pipeline_id,
        cells.parameter_id,
        cells.metadata_group,
        cells.strain,
        cells.sex,
        cells.trait_id as series_trait_id,
        cells.aligned_point
    from measurements
    inner join cells on measurements.cell_key = cells.cell_key
    where cells.kind = 'series'

),

-- Values are put in order before they are added up, so that the sum does not depend on who came first.
collected as (

    select
        points.specimen_key,
        points.is_control,
        points.centre,
        points.pipeline_id,
        points.parameter_id,
        points.metadata_group,
        points.strain,
        points.sex,
        derivations.derived_trait_id as trait_id,
        derivations.rule,
        derivations.from_point,
        derivations.to_point,
        min(points.experiment_on) as experiment_on,
        min(points.age_days) as age_days,
        median(points.weight_grams) as weight_grams,
        median(points.submitted_value) filter (where points.aligned_point = derivations.from_point) as value_from,
        median(points.submitted_value) filter (where points.aligned_point = derivations.to_point) as value_to,
        list(points.aligned_point order by points.aligned_point, points.submitted_value) as steps,
        list(points.submitted_value order by points.aligned_point, points.submitted_value) as step_values
    from points
    inner join derivations
        on
            points.series_trait_id = derivations.series_trait_id
            and coalesce(points.aligned_point >= derivations.from_point, true)
            and coalesce(points.aligned_point <= derivations.to_point, true)
    group by
        points.specimen_key, points.is_control, points.centre, points.pipeline_id, points.parameter_id,
        points.metadata_group, points.strain, points.sex, derivations.derived_trait_id, derivations.rule,
        derivations.from_point, derivations.to_point

),

computed as (

    select
        * exclude (
            rule,
            from_point,
            to_point,
            value_from,
            value_to,
            steps,
            step_values
        ),
        case
            when rule = 'first' and from_point is null then step_values[1]
            when rule = 'first' then value_from
            when rule = 'difference' then value_to - value_from
            when rule = 'mean' then list_sum(list_sort(step_values)) / len(step_values)
            when rule = 'area' and value_from is not null and value_to is not null
                then list_sum(list_transform(
                    range(1, len(steps)),
                    lambda step: (steps[step + 1] - steps[step])
                    * (step_values[step + 1] + step_values[step])
                    / 2
                ))
        end as submitted_value
    from collected

),

named as (

    select
        computed.*,
        specimens.specimen_id
    from computed
    inner join specimens on computed.specimen_key = specimens.specimen_key
    anti join submitted
        on
            computed.centre = submitted.centre
            and computed.pipeline_id = submitted.pipeline_id
            and computed.trait_id = submitted.trait_id
    where computed.submitted_value is not null

),

derived as (

    select
        specimen_key,
        is_control,
        trait_id,
        centre,
        pipeline_id,
        parameter_id,
        metadata_group,
        strain,
        sex,
        experiment_on,
        age_days,
        weight_grams,
        submitted_value,
        md5(concat_ws('|', specimen_id, pipeline_id, parameter_id, metadata_group, trait_id)) as observation_id,
        {{ group_id('null') }} as group_id
    from named

)

select * from derived
order by observation_id
