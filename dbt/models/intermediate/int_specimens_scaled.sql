with measurements as (

    select * from {{ ref('int_measurements_scaled') }}
    where control_z is not null

),

-- A specimen counts once for a trait, however many time points it has.
specimens as (

    select
        centre,
        pipeline_id,
        metadata_group,
        sex,
        trait_id,
        is_control,
        line_id,
        specimen_id,
        (sum(control_z)::double / count(*))::decimal(12, 6) as z
    from measurements
    group by centre, pipeline_id, metadata_group, sex, trait_id, is_control, line_id, specimen_id

)

select * from specimens
