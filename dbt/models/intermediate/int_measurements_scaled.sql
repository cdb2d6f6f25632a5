{{ config(materialized='view') }}

with groups as (

    select * from {{ ref('int_control_groups') }}
    where is_screened and spread > 0

),

cells as (

    select
        cells.cell_key,
        groups.group_key,
        groups.trait_id,
        groups.conversion_factor,
        groups.location,
        groups.spread
    from {{ ref('int_cells_listed') }} as cells
    inner join groups on cells.group_id = groups.group_id

),

-- Points of a series are not screened one by one: what is derived from them is.
scaled as (

    select
        cells.group_key,
        cells.trait_id,
        measurements.specimen_key,
        measurements.experiment_on,
        measurements.weight_grams,
        (measurements.submitted_value * cells.conversion_factor - cells.location) / cells.spread as z
    from {{ ref('int_measurements_typed') }} as measurements
    inner join cells on measurements.cell_key = cells.cell_key
    where measurements.submitted_value is not null
    union all
    select
        groups.group_key,
        groups.trait_id,
        series.specimen_key,
        series.experiment_on,
        series.weight_grams,
        (series.submitted_value * groups.conversion_factor - groups.location) / groups.spread as z
    from {{ ref('int_series_derived') }} as series
    inner join groups on series.group_id = groups.group_id

)

select * from scaled
