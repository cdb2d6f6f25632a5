with cells as (

    select
        cells.cell_key,
        groups.group_key,
        groups.conversion_factor,
        groups.location,
        groups.spread
    from {{ ref('int_cells_listed') }} as cells
    inner join {{ ref('int_control_groups') }} as groups on cells.group_id = groups.group_id
    where groups.is_screened and groups.spread > 0

),

derived_groups as (

    select * from {{ ref('int_control_groups') }}
    where is_derived and spread > 0

),

specimens as (

    select * from {{ ref('int_specimens_listed') }}
    where is_control or line_id is not null

),

measured as (

    select
        cells.group_key,
        measurements.specimen_key,
        measurements.experiment_on,
        measurements.weight_grams,
        (measurements.submitted_value * cells.conversion_factor - cells.location) / cells.spread as z
    from {{ ref('int_measurements_typed') }} as measurements
    inner join cells on measurements.cell_key = cells.cell_key
    union all
    select
        derived_groups.group_key,
        series.specimen_key,
        series.experiment_on,
        series.weight_grams,
        (series.submitted_value * derived_groups.conversion_factor - derived_groups.location) / derived_groups.spread as z
    from {{ ref('int_series_derived') }} as series
    inner join derived_groups on series.group_id = derived_groups.group_id

),

deviations as (

    select
        group_key,
        specimen_key,
        {{ period('experiment_on') }} as period,
        {{ deviation('z', 100) }} as deviation,
        {{ deviation('z', 3) }} as winsorised,
        case when weight_grams between 0.1 and 200 then round(1000 * weight_grams)::bigint end as weight_mg
    from measured

),

-- Mutants of an unnamed allele belong to no line.
summed as (

    select
        deviations.group_key,
        specimens.is_control,
        specimens.line_id,
        deviations.period,
        count(*) as animal_count,
        sum(deviations.deviation)::double / 1e6 as z_sum,
        sum(deviations.deviation * deviations.deviation)::double / 1e12 as z_square_sum,
        sum(deviations.winsorised)::double / 1e6 as winsorised_sum,
        sum(deviations.winsorised * deviations.winsorised)::double / 1e12 as winsorised_square_sum,
        count(deviations.weight_mg) as weighed_count,
        sum(deviations.weight_mg)::double / 1e3 as weight_sum,
        sum(deviations.weight_mg * deviations.weight_mg)::double / 1e6 as weight_square_sum,
        sum(deviations.deviation) filter (where deviations.weight_mg is not null)::double / 1e6 as weighed_z_sum,
        sum(deviations.weight_mg * deviations.deviation)::double / 1e9 as weight_z_sum
    from deviations
    inner join specimens on deviations.specimen_key = specimens.specimen_key
    group by deviations.group_key, specimens.is_control, specimens.line_id, deviations.period

)

select * from summed
