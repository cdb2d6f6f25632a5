{{ config(materialized='table') }}

with source as (

    select * from {{ source('raw', 'observations') }}

),

-- What differs is found first, on the cells as they were read: some ten thousand rows of seventy million.
distinct_cells as (

    select distinct
        phenotyping_center,
        pipeline_stable_id,
        procedure_stable_id,
        procedure_name,
        parameter_stable_id,
        parameter_name,
        metadata_group,
        strain_name,
        sex,
        observation_type,
        coalesce(try_cast(discrete_point as double), try_cast(time_point as double)) as time_point,
        {{ cell_key() }} as cell_key
    from source

),

renamed as (

    select
        cell_key,
        {{ text('phenotyping_center') }} as centre,
        coalesce({{ text('pipeline_stable_id') }}, 'unknown') as pipeline_id,
        {{ text('procedure_stable_id') }} as procedure_id,
        {{ text('procedure_name') }} as procedure_name,
        {{ text('parameter_stable_id') }} as parameter_id,
        {{ text('parameter_name') }} as parameter_name,
        {{ text('metadata_group') }} as metadata_group,
        {{ text('strain_name') }} as strain,
        lower({{ text('sex') }}) as sex,
        {{ text('observation_type') }} as observation_type,
        case when isfinite(time_point) then time_point end as time_point
    from distinct_cells

)

select * from renamed
