{{ config(materialized='view') }}

with measurements as (

    select * from {{ ref('int_measurements_typed') }}
    where submitted_value is not null

),

series as (

    select * from {{ ref('int_series_derived') }}

),

cells as (

    select
        groups.*,
        cells.cell_key
    from {{ ref('int_cells_listed') }} as cells
    inner join {{ ref('int_control_groups') }} as groups on cells.group_id = groups.group_id

),

groups as (

    select * from {{ ref('int_control_groups') }}
    where is_derived

),

specimens as (

    select * from {{ ref('int_specimens_listed') }}

),

submitted as (

    select
        measurements.observation_id,
        specimens.specimen_id,
        cells.trait_id,
        measurements.time_point,
        cells.parameter_id,
        cells.pipeline_id,
        cells.metadata_group,
        cells.centre,
        cells.sex,
        specimens.zygosity,
        specimens.colony_id,
        specimens.line_id,
        specimens.gene_id,
        measurements.is_control,
        false as is_derived,
        cells.strain,
        measurements.submitted_value * cells.conversion_factor as value,
        (measurements.submitted_value * cells.conversion_factor - cells.location) / cells.spread as control_z,
        measurements.experiment_on as batch,
        measurements.age_days,
        measurements.weight_grams,
        cells.group_id,
        measurements.source_row,
        '{{ var("release") }}' as release
    from measurements
    inner join cells on measurements.cell_key = cells.cell_key
    inner join specimens on measurements.specimen_key = specimens.specimen_key

),

derived as (

    select
        series.observation_id,
        specimens.specimen_id,
        groups.trait_id,
        null::double as time_point,
        groups.parameter_id,
        groups.pipeline_id,
        groups.metadata_group,
        groups.centre,
        groups.sex,
        specimens.zygosity,
        specimens.colony_id,
        specimens.line_id,
        specimens.gene_id,
        series.is_control,
        true as is_derived,
        groups.strain,
        series.submitted_value * groups.conversion_factor as value,
        (series.submitted_value * groups.conversion_factor - groups.location) / groups.spread as control_z,
        series.experiment_on as batch,
        series.age_days,
        series.weight_grams,
        groups.group_id,
        null::bigint as source_row,
        '{{ var("release") }}' as release
    from series
    inner join groups on series.group_id = groups.group_id
    inner join specimens on series.specimen_key = specimens.specimen_key

),

unioned as (

    select * from submitted
    union all by name
    select * from derived

)

select * from unioned
