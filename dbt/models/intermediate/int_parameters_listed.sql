with listed as (

    select
        pipeline_id,
        parameter_id,
        procedure_id,
        procedure_name,
        parameter_name,
        centre
    from {{ ref('stg_impc__statistical_results') }}
    union
    select
        pipeline_id,
        parameter_id,
        procedure_id,
        procedure_name,
        parameter_name,
        centre
    from {{ ref('stg_impc__assertions') }}
    union
    select
        pipeline_id,
        parameter_id,
        procedure_id,
        procedure_name,
        parameter_name,
        centre
    from {{ ref('stg_impc__observations') }}

),

-- Late-adult, interval and MGP Select pipelines number parameters as IMPC does; the last part of an id is a version.
parameters as (

    select
        pipeline_id,
        parameter_id,
        regexp_replace(
            regexp_replace(parameter_id, '^([A-Z]+(LA|IP)|MGP)_', 'IMPC_'), '^([A-Z]+_[A-Z]+_[0-9]{3})_[0-9]{3}$', '\1'
        ) as parameter_stem,
        min(procedure_id) as procedure_id,
        min(procedure_name) as procedure_name,
        min(parameter_name) as parameter_name,
        coalesce(list(distinct centre order by centre) filter (where centre is not null), []) as centres
    from listed
    where parameter_id is not null
    group by pipeline_id, parameter_id

)

select * from parameters
