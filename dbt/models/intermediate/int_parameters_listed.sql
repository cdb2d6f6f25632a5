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

prefixes as (

    select * from {{ ref('parameter_stems') }}

),

-- Late-adult and interval pipelines number parameters as IMPC does, but for the prefixes of the seed; the longest wins.
renamed as (

    select
        listed.parameter_id,
        coalesce(
            arg_max(
                prefixes.stem_prefix || substr(listed.parameter_id, length(prefixes.parameter_prefix) + 1),
                length(prefixes.parameter_prefix)
            ),
            regexp_replace(listed.parameter_id, '^[A-Z]+(LA|IP)_', 'IMPC_')
        ) as versioned_stem,
        coalesce(arg_max(prefixes.is_version_kept, length(prefixes.parameter_prefix)), false) as is_version_kept
    from (select distinct parameter_id from listed) as listed
    left join prefixes on starts_with(listed.parameter_id, prefixes.parameter_prefix)
    group by listed.parameter_id

),

-- The last part of an id is a version.
parameters as (

    select
        listed.pipeline_id,
        listed.parameter_id,
        min(
            case
                when renamed.is_version_kept then renamed.versioned_stem
                else regexp_replace(renamed.versioned_stem, '^([A-Z]+_[A-Z]+_[0-9]{3})_[0-9]{3}$', '\1')
            end
        ) as parameter_stem,
        min(listed.procedure_id) as procedure_id,
        min(listed.procedure_name) as procedure_name,
        min(listed.parameter_name) as parameter_name,
        coalesce(
            list(distinct listed.centre order by listed.centre) filter (where listed.centre is not null), []
        ) as centres
    from listed
    inner join renamed on listed.parameter_id = renamed.parameter_id
    where listed.parameter_id is not null
    group by listed.pipeline_id, listed.parameter_id

)

select * from parameters
