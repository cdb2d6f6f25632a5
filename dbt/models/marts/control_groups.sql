with groups as (

    select * from {{ ref('int_control_groups') }}

),

selected as (

    select
        group_id,
        trait_id,
        centre,
        pipeline_id,
        parameter_id,
        metadata_group,
        strain,
        sex,
        aligned_point as time_point,
        is_derived,
        control_count::integer as control_count,
        location,
        spread,
        own_location,
        own_spread,
        own_share,
        treatment,
        resolution,
        distinct_count::integer as distinct_count,
        floor_share,
        ceiling_share,
        conversion_factor,
        submitted_location,
        submitted_spread,
        input_hash,
        '{{ var("release") }}' as release
    from groups

)

select * from selected
