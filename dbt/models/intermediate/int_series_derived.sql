with measurements as (

    select * from {{ ref('int_measurements_typed') }}

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

-- What a centre derived itself stands; ours only fills what is not there.
submitted as (

    select distinct
        measurements.specimen_key,
        cells.trait_id
    from measurements
    inner join cells on measurements.cell_key = cells.cell_key
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

-- Values are sorted before they are added up, so that the sum does not depend on who came first.
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
        list_sort(list({'point': points.aligned_point, 'value': points.submitted_value})) as course
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

derived as (

    select
        md5(concat_ws(
            '|', specimens.specimen_id, collected.pipeline_id, collected.parameter_id, collected.metadata_group,
            collected.trait_id
        )) as observation_id,
        collected.* exclude (rule, from_point, to_point, value_from, value_to, course),
        case collected.rule
            when 'first' then case when from_point is null then course[1].value else value_from end
            when 'difference' then value_to - value_from
            when 'mean' then list_sum(list_transform(course, lambda step: step.value)) / len(course)
            when 'area'
                then case
                    when value_from is not null and value_to is not null
                        then list_sum(list_transform(
                            range(1, len(course)),
                            lambda step: (course[step + 1].point - course[step].point)
                            * (course[step + 1].value + course[step].value) / 2
                        ))
                end
        end as submitted_value
    from collected
    inner join specimens on collected.specimen_key = specimens.specimen_key
    anti join submitted
        on collected.specimen_key = submitted.specimen_key and collected.trait_id = submitted.trait_id

),

grouped as (

    select
        *,
        md5(concat_ws(
            '|', trait_id, centre, pipeline_id, parameter_id, metadata_group, strain, sex, ''
        )) as group_id
    from derived
    where submitted_value is not null
    order by observation_id

)

select * from grouped
