with batches as (

    select * from {{ ref('int_batches_estimated') }}

),

groups as (

    select
        batch_id,
        any_value(pipeline_id) as pipeline_id,
        any_value(parameter_id) as parameter_id,
        any_value(metadata_group) as metadata_group,
        any_value(strain) as strain,
        any_value(aligned_point) as time_point
    from {{ ref('int_control_groups') }}
    group by batch_id

),

told as (

    select
        batches.batch_id,
        batches.trait_id,
        batches.centre,
        groups.pipeline_id,
        groups.parameter_id,
        groups.metadata_group,
        groups.strain,
        groups.time_point,
        {{ period_start('batches.period') }} as period_start,
        batches.control_count::integer as control_count,
        batches.effective_count,
        batches.drift,
        batches.standard_error,
        '{{ var("release") }}' as release
    from batches
    inner join groups on batches.batch_id = groups.batch_id

)

select * from told
