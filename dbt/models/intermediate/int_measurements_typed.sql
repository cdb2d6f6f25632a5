with observations as (

    select * from {{ ref('stg_impc__observations') }}

),

repeated as (

    select * from {{ ref('int_observations_repeated') }}

),

-- Narrow, and with every row: what its cell or its specimen shares is joined where it is
-- read, and a row without a value, a cell or a specimen falls out there. A filter here would make DuckDB read the text
-- of every row instead of that of its dictionaries, and take twice the time.
typed as (

    select
        observations.source_row,
        observations.cell_key,
        observations.specimen_key,
        observations.is_control,
        observations.time_point,
        observations.experiment_on,
        observations.age_days,
        observations.weight_grams,
        case when observations.observation_id is not null then observations.data_point end as submitted_value,
        case when observations.data_point is not null then observations.observation_id end as observation_id
    from observations
    anti join repeated on observations.source_row = repeated.source_row

)

select * from typed
