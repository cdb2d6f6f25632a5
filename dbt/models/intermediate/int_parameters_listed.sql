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
    from {{ ref('stg_impc__protocols') }}

),

parameters as (

    select
        pipeline_id,
        parameter_id,
        min(procedure_id) as procedure_id,
        min(procedure_name) as procedure_name,
        min(parameter_name) as parameter_name,
        coalesce(list(distinct centre order by centre) filter (where centre is not null), []) as centres
    from listed
    where parameter_id is not null
    group by pipeline_id, parameter_id

),

prefixes as (

    select * from {{ ref('parameter_stems') }}

),

-- Late-adult and interval pipelines number parameters as IMPC does, but for the prefixes of the seed; the longest wins.
renamed as (

    select
        parameters.*,
        coalesce(
            prefixes.stem_prefix || substr(parameters.parameter_id, length(prefixes.parameter_prefix) + 1),
            regexp_replace(parameters.parameter_id, '^[A-Z]+(LA|IP)_', 'IMPC_')
        ) as stem,
        coalesce(prefixes.is_version_kept, false) as is_version_kept
    from parameters
    left join prefixes on starts_with(parameters.parameter_id, prefixes.parameter_prefix)
    qualify
        row_number() over (
            partition by parameters.pipeline_id, parameters.parameter_id order by length(prefixes.parameter_prefix) desc
        ) = 1

),

-- The last part of an id is a version.
stemmed as (

    select
        * exclude (stem, is_version_kept),
        case
            when is_version_kept then stem else regexp_replace(stem, '^([A-Z]+_[A-Z]+_[0-9]{3})_[0-9]{3}$', '\1')
        end as parameter_stem
    from renamed

)

select * from stemmed
