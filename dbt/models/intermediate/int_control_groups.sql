with measurements as (

    select * from {{ ref('int_measurements_converted') }}

),

-- Spread: 1.4826 MAD; where more than half of the controls are equal and the MAD is 0, the interquartile range / 1.349.
groups as (

    select
        centre,
        pipeline_id,
        metadata_group,
        sex,
        trait_id,
        time_key,
        count(*) filter (where is_control) as control_count,
        median(value) filter (where is_control) as location,
        {{ spread('value') }} as spread
    from measurements
    group by centre, pipeline_id, metadata_group, sex, trait_id, time_key

),

pools as (

    select
        centre,
        sex,
        trait_id,
        time_key,
        median(value) as location,
        {{ spread('value') }} as spread
    from measurements
    where is_control
    group by centre, sex, trait_id, time_key

),

weighted as (

    select
        groups.*,
        pools.location as pool_location,
        pools.spread as pool_spread,
        groups.control_count / (groups.control_count + {{ var('shrinkage_controls') }}) as own_share
    from groups
    left join pools
        on
            groups.centre = pools.centre
            and groups.sex = pools.sex
            and groups.trait_id = pools.trait_id
            and groups.time_key = pools.time_key

),

-- Few controls: the group's own centre and spread give way to those of all controls of the same centre, sex and trait.
shrunk as (

    select
        centre,
        pipeline_id,
        metadata_group,
        sex,
        trait_id,
        time_key,
        control_count,
        coalesce(own_share * location + (1 - own_share) * pool_location, pool_location) as location,
        coalesce(own_share * spread + (1 - own_share) * pool_spread, spread, pool_spread) as spread
    from weighted

)

select * from shrunk
