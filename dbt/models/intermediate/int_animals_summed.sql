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

animals as (

    select * from {{ ref('int_animals_listed') }}

),

measured as (

    select
        cells.group_key,
        measurements.animals_key,
        measurements.experiment_on,
        measurements.weight_grams,
        (measurements.submitted_value * cells.conversion_factor - cells.location) / cells.spread as z
    from {{ ref('int_measurements_typed') }} as measurements
    inner join cells on measurements.cell_key = cells.cell_key
    union all
    select
        derived_groups.group_key,
        series.animals_key,
        series.experiment_on,
        series.weight_grams,
        (series.submitted_value * derived_groups.conversion_factor - derived_groups.location) / derived_groups.spread as z
    from {{ ref('int_series_derived') }} as series
    inner join derived_groups on series.group_id = derived_groups.group_id

),

deviations as (

    select
        group_key,
        animals_key,
        {{ period('experiment_on') }} as period,
        {{ deviation('z', 100) }} as deviation,
        {{ deviation('z', 3) }} as winsorised,
        case when weight_grams between 0.1 and 200 then round(1000 * weight_grams)::bigint end as weight_mg
    from measured

),

counted as (

    select
        group_key,
        animals_key,
        period,
        count(*) as animal_count,
        sum(deviation) as z_sum,
        sum(deviation * deviation) as z_square_sum,
        sum(winsorised) as winsorised_sum,
        sum(winsorised * winsorised) as winsorised_square_sum,
        count(weight_mg) as weighed_count,
        sum(weight_mg) as weight_sum,
        sum(weight_mg * weight_mg) as weight_square_sum,
        sum(deviation) filter (where weight_mg is not null) as weighed_z_sum,
        sum(weight_mg * deviation) as weight_z_sum
    from deviations
    group by group_key, animals_key, period

),

-- Colonies, alleles and symbols of one line are one; mutants of an unnamed allele belong to no line.
summed as (

    select
        counted.group_key,
        animals.is_control,
        animals.line_id,
        counted.period,
        sum(counted.animal_count)::bigint as animal_count,
        sum(counted.z_sum)::double / 1e6 as z_sum,
        sum(counted.z_square_sum)::double / 1e12 as z_square_sum,
        sum(counted.winsorised_sum)::double / 1e6 as winsorised_sum,
        sum(counted.winsorised_square_sum)::double / 1e12 as winsorised_square_sum,
        sum(counted.weighed_count)::bigint as weighed_count,
        sum(counted.weight_sum)::double / 1e3 as weight_sum,
        sum(counted.weight_square_sum)::double / 1e6 as weight_square_sum,
        sum(counted.weighed_z_sum)::double / 1e6 as weighed_z_sum,
        sum(counted.weight_z_sum)::double / 1e9 as weight_z_sum
    from counted
    inner join animals on counted.animals_key = animals.animals_key
    where animals.is_control or animals.line_id is not null
    group by counted.group_key, animals.is_control, animals.line_id, counted.period

)

select * from summed
