with cells as (

    select distinct
        cell_key,
        centre,
        pipeline_id,
        parameter_id,
        metadata_group,
        strain,
        sex,
        time_point,
        observation_type
    from {{ ref('stg_impc__protocols') }}
    where parameter_id is not null and observation_type in ('unidimensional', 'time_series')

),

parameters as (

    select * from {{ ref('int_parameters_harmonised') }}

),

points as (

    select * from {{ ref('series_points') }}

),

-- Centres take a series a little before or after the standard times; a point counts for the one whose window it is in.
aligned as (

    select
        cells.*,
        parameters.trait_id,
        coalesce(
            parameters.kind, case when cells.observation_type = 'time_series' then 'series' else 'level' end
        ) as kind,
        coalesce(points.point, round(cells.time_point)) as aligned_point
    from cells
    inner join parameters
        on cells.pipeline_id = parameters.pipeline_id and cells.parameter_id = parameters.parameter_id
    left join points
        on
            parameters.trait_id = points.trait_id
            and cells.time_point >= points.lowest
            and cells.time_point < points.highest

),

named as (

    select
        cell_key,
        trait_id,
        kind,
        aligned_point,
        pipeline_id,
        parameter_id,
        time_point,
        coalesce(centre, 'unknown') as centre,
        coalesce(metadata_group, 'none') as metadata_group,
        coalesce(strain, 'unknown') as strain,
        coalesce(sex, 'unknown') as sex
    from aligned

),

grouped as (

    select
        *,
        {{ group_id('aligned_point') }} as group_id
    from named

)

select * from grouped
