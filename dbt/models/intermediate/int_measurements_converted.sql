with observations as (

    select
        *,
        {{ line_id() }} as line_id
    from {{ ref('stg_impc__observations') }}
    where
        data_point is not null
        and observation_id is not null
        and is_control is not null
        and observation_type in ('unidimensional', 'time_series')

),

parameters as (

    select * from {{ ref('int_parameters_harmonised') }}

),

symbols as (

    select * from {{ ref('int_symbols_resolved') }}

),

converted as (

    select
        observations.observation_id,
        observations.specimen_id,
        parameters.trait_id,
        observations.time_point,
        observations.parameter_id,
        observations.pipeline_id,
        observations.zygosity,
        observations.colony_id,
        observations.is_control,
        observations.strain,
        observations.experiment_on,
        observations.age_days,
        observations.weight_grams,
        coalesce(observations.metadata_group, 'none') as metadata_group,
        coalesce(observations.centre, 'unknown') as centre,
        coalesce(observations.sex, 'unknown') as sex,
        observations.data_point * parameters.factor as value,
        case
            when
                not observations.is_control
                and coalesce(observations.allele_symbol, observations.allele_id) is not null
                then observations.line_id
        end as line_id,
        case when not observations.is_control then coalesce(observations.gene_id, symbols.gene_id) end as gene_id,
        coalesce(observations.time_point, -1) as time_key
    from observations
    inner join parameters
        on observations.pipeline_id = parameters.pipeline_id and observations.parameter_id = parameters.parameter_id
    left join symbols on lower(observations.gene_symbol) = symbols.symbol_key
    qualify row_number() over (partition by observations.observation_id order by observations.source_row) = 1

)

select * from converted
