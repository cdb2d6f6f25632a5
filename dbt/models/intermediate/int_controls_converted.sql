with groups as (

    select * from {{ ref('int_groups_listed') }}

),

summaries as (

    select * from {{ ref('int_controls_summarised') }}

),

parameters as (

    select * from {{ ref('int_parameters_harmonised') }}

),

decided as (

    select * from {{ ref('int_units_decided') }}

),

-- Spread keeps its sign out of it: a reversed parameter turns the values round, not how far they scatter.
converted as (

    select
        groups.group_id,
        groups.group_key,
        groups.batch_id,
        groups.trait_id,
        groups.centre,
        groups.pipeline_id,
        groups.parameter_id,
        groups.metadata_group,
        groups.strain,
        groups.sex,
        groups.aligned_point,
        groups.is_screened,
        groups.is_derived,
        summaries.resolution,
        summaries.submitted_location,
        summaries.submitted_spread,
        summaries.input_hash,
        coalesce(decided.factor * parameters.rate_factor, parameters.factor) as conversion_factor,
        coalesce(summaries.control_count, 0) as control_count,
        summaries.submitted_location * conversion_factor as own_location,
        summaries.submitted_spread * abs(conversion_factor) as own_spread,
        coalesce(summaries.distinct_count, 0) as distinct_count,
        case when conversion_factor < 0 then summaries.ceiling_share else summaries.floor_share end as floor_share,
        case when conversion_factor < 0 then summaries.floor_share else summaries.ceiling_share end as ceiling_share
    from groups
    inner join parameters
        on groups.pipeline_id = parameters.pipeline_id and groups.parameter_id = parameters.parameter_id
    left join summaries on groups.group_key = summaries.group_key
    left join decided
        on
            groups.pipeline_id = decided.pipeline_id
            and groups.parameter_id = decided.parameter_id
            and groups.centre = decided.centre

)

select * from converted
