{{ config(materialized='view') }}

with observations as (

    select
        *,
        {{ line_id() }} as own_line_id
    from {{ ref('stg_impc__observations') }}
    where
        observation_type = 'categorical'
        and category is not null
        and observation_id is not null
        and parameter_id is not null
        and is_control is not null
    qualify row_number() over (partition by observation_id order by source_row) = 1

),

parameters as (

    select * from {{ ref('int_parameters_listed') }}

),

meanings as (

    select distinct
        parameter_id,
        category,
        is_abnormal
    from {{ ref('stg_impress__category_meanings') }}

),

-- Versions of a parameter and its late-adult copies share their words; words that contradict each other mean nothing.
shared_meanings as (

    select
        category,
        regexp_replace(parameter_id, '^([A-Z]+_[A-Z]+_[0-9]{3})_[0-9]{3}$', '\1') as parameter_stem,
        case when bool_and(is_abnormal) = bool_or(is_abnormal) then bool_or(is_abnormal) end as is_abnormal
    from meanings
    group by parameter_stem, category

),

read as (

    select
        observations.observation_id,
        observations.is_control,
        observations.pipeline_id,
        observations.parameter_id,
        observations.parameter_name,
        observations.strain,
        observations.category,
        coalesce(observations.specimen_id, observations.observation_id) as specimen_id,
        coalesce(observations.centre, 'unknown') as centre,
        coalesce(observations.metadata_group, 'none') as metadata_group,
        coalesce(observations.sex, 'unknown') as sex,
        coalesce(meanings.is_abnormal, shared_meanings.is_abnormal) as is_abnormal,
        case when not observations.is_control then observations.own_line_id end as line_id
    from observations
    left join parameters
        on observations.pipeline_id = parameters.pipeline_id and observations.parameter_id = parameters.parameter_id
    left join meanings
        on observations.parameter_id = meanings.parameter_id and observations.category = meanings.category
    left join shared_meanings
        on
            parameters.parameter_stem = shared_meanings.parameter_stem
            and observations.category = shared_meanings.category
    where observations.is_control or coalesce(observations.allele_symbol, observations.allele_id) is not null

),

keyed as (

    select
        *,
        md5(concat_ws('|', centre, pipeline_id, metadata_group, coalesce(strain, ''))) as group_id,
        md5(concat_ws('|', centre, pipeline_id, metadata_group, coalesce(strain, ''), line_id)) as animals_id
    from read

)

select * from keyed
