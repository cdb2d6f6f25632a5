with measurements as (

    select * from {{ ref('int_measurements_scaled') }}

),

specimens as (

    select * from {{ ref('int_specimens_listed') }}
    where is_control or line_id is not null

),

deviations as (

    select
        group_key,
        specimen_key,
        {{ period('experiment_on') }} as period,
        {{ deviation('z', 100) }} as deviation,
        {{ deviation('z', 3) }} as winsorised,
        case when weight_grams between 0.1 and 200 then round(1000 * weight_grams)::bigint end as weight_mg
    from measurements

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
