with measurements as (

    select * from {{ ref('int_measurements_scaled') }}

),

selected as (

    select
        observation_id,
        specimen_id,
        trait_id,
        time_point,
        parameter_id,
        pipeline_id,
        metadata_group,
        centre,
        sex,
        zygosity,
        colony_id,
        line_id,
        gene_id,
        is_control,
        strain,
        value,
        control_z::double as control_z,
        experiment_on as batch,
        age_days,
        weight_grams,
        '{{ var("release") }}' as release
    from measurements

)

select * from selected
