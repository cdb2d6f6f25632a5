{{ config(materialized='view') }}

with measurements as (

    select * from {{ ref('int_measurements_converted') }}

),

control_groups as (

    select * from {{ ref('int_control_groups') }}

),

-- A spread of zero or no controls at all: no z. Fixed point, so that sums of z are exact in any order.
scaled as (

    select
        measurements.observation_id,
        measurements.specimen_id,
        measurements.trait_id,
        measurements.time_point,
        measurements.parameter_id,
        measurements.pipeline_id,
        measurements.metadata_group,
        measurements.centre,
        measurements.sex,
        measurements.zygosity,
        measurements.colony_id,
        measurements.is_control,
        measurements.strain,
        measurements.value,
        measurements.experiment_on,
        measurements.age_days,
        measurements.weight_grams,
        measurements.line_id,
        measurements.gene_id,
        control_groups.control_count,
        try_cast(
            (measurements.value - control_groups.location) / control_groups.spread as decimal(12, 6)
        ) as control_z
    from measurements
    inner join control_groups
        on
            measurements.centre = control_groups.centre
            and measurements.pipeline_id = control_groups.pipeline_id
            and measurements.metadata_group = control_groups.metadata_group
            and measurements.sex = control_groups.sex
            and measurements.trait_id = control_groups.trait_id
            and measurements.time_key = control_groups.time_key

)

select * from scaled
