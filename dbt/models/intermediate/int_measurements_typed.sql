with observations as (

    select * from {{ ref('stg_impc__observations') }}
    where {{ is_measurement() }}

),

repeated as (

    select * from {{ ref('int_observations_repeated') }}

),

-- Narrow on purpose, and in the order of the release: what its cell or its animals share is joined where it is read.
typed as (

    select
        observations.observation_id,
        observations.cell_key,
        observations.specimen_key,
        observations.is_control,
        observations.time_point,
        observations.data_point as submitted_value,
        observations.experiment_on,
        observations.age_days,
        observations.weight_grams
    from observations
    anti join repeated on observations.source_row = repeated.source_row

)

select * from typed
