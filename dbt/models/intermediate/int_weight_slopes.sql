with controls as (

    select
        group_key,
        sum(weighed_count) as weighed_count,
        sum(weight_sum::decimal(30, 3))::double as weight_sum,
        sum(weight_square_sum::decimal(30, 6))::double as weight_square_sum,
        sum(weighed_z_sum::decimal(30, 6))::double as z_sum,
        sum(weight_z_sum::decimal(30, 9))::double as weight_z_sum
    from {{ ref('int_animals_summed') }}
    where is_control
    group by group_key

),

groups as (

    select * from {{ ref('int_control_groups') }}

),

spread as (

    select
        groups.group_key,
        groups.trait_id,
        controls.weighed_count,
        controls.weight_sum / controls.weighed_count as mean_weight,
        sqrt(greatest(
            0,
            controls.weight_square_sum / controls.weighed_count - power(controls.weight_sum / controls.weighed_count, 2)
        )) as weight_spread,
        (controls.weight_z_sum - controls.weight_sum * controls.z_sum / controls.weighed_count) / controls.weighed_count
            as covariance
    from controls
    inner join groups on controls.group_key = groups.group_key
    where controls.weighed_count >= {{ var('trusted_controls') }}

),

-- One slope a trait: control z for each spread of body weight within a group, over all groups.
slopes as (

    select
        trait_id,
        sum((covariance / weight_spread * weighed_count)::decimal(30, 9))::double / sum(weighed_count) as weight_slope
    from spread
    where weight_spread > 0
    group by trait_id

),

joined as (

    select
        spread.group_key,
        spread.trait_id,
        spread.mean_weight,
        spread.weight_spread,
        slopes.weight_slope
    from spread
    inner join slopes on spread.trait_id = slopes.trait_id
    where spread.weight_spread > 0

)

select * from joined
