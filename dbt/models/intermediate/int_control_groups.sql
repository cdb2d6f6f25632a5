with groups as (

    select * from {{ ref('int_controls_converted') }}

),

borrowed as (

    select * from {{ ref('int_controls_borrowed') }}

),

-- Precisions, in units of the group's own variance; the log of a spread varies by about 0.75 over its count.
weighed as (

    select
        groups.*,
        borrowed.mate_location,
        borrowed.other_location,
        borrowed.sex_shift,
        borrowed.mate_log_spread,
        borrowed.all_log_spread,
        borrowed.all_spread_variance,
        case when groups.own_spread > 0 and groups.control_count >= 3 then ln(groups.own_spread) end as own_log_spread,
        0.75 / nullif(groups.control_count, 0) as own_log_variance,
        borrowed.mate_spread_variance + 0.75 / nullif(borrowed.mate_spread_count, 0) as mate_log_variance,
        case when borrowed.mate_count > 0 then borrowed.mate_variance + 1 / borrowed.mate_count end as mate_variance,
        case when borrowed.other_count > 0 then borrowed.sex_variance + 1 / borrowed.other_count end as other_variance
    from groups
    inner join borrowed on groups.group_id = borrowed.group_id

),

believed as (

    select
        *,
        case when own_log_spread is not null then 1 / own_log_variance else 0 end as own_spread_weight,
        case
            when mate_log_spread is not null
                then
                    {{ credence('own_log_spread - mate_log_spread', 'mate_log_variance + own_log_variance') }}
                    / mate_log_variance
            else 0
        end as mate_spread_weight,
        case
            when all_log_spread is not null
                then
                    {{ credence('own_log_spread - all_log_spread', 'all_spread_variance + own_log_variance') }}
                    / all_spread_variance
            else 0
        end as all_spread_weight
    from weighed

),

-- Many controls without any spread say that there is none; a few equal ones do not.
spread as (

    select
        *,
        case
            when resolution = 'constant' and control_count >= {{ var('trusted_controls') }} then null
            else exp(
                (
                    own_spread_weight * coalesce(own_log_spread, 0)
                    + mate_spread_weight * coalesce(mate_log_spread, 0)
                    + all_spread_weight * coalesce(all_log_spread, 0)
                ) / nullif(own_spread_weight + mate_spread_weight + all_spread_weight, 0)
            )
        end as shrunk_spread,
        other_location + sex_shift * coalesce(shrunk_spread, 0) as shifted_location
    from believed

),

lent as (

    select
        *,
        case
            when mate_location is not null and mate_variance is not null
                then
                    {{ credence(
                        '(own_location - mate_location) / shrunk_spread', 'mate_variance + 1 / nullif(control_count, 0)'
                    ) }} / mate_variance
            else 0
        end as mate_weight,
        case
            when shifted_location is not null and other_variance is not null
                then
                    {{ credence(
                        '(own_location - shifted_location) / shrunk_spread',
                        'other_variance + 1 / nullif(control_count, 0)'
                    ) }} / other_variance
            else 0
        end as other_weight
    from spread

),

located as (

    select
        *,
        control_count / nullif(control_count + mate_weight + other_weight, 0) as own_share,
        (
            control_count * coalesce(own_location, 0)
            + mate_weight * coalesce(mate_location, 0)
            + other_weight * coalesce(shifted_location, 0)
        ) / nullif(control_count + mate_weight + other_weight, 0) as shrunk_location
    from lent

),

treated as (

    select
        group_id,
        group_key,
        batch_id,
        trait_id,
        centre,
        pipeline_id,
        parameter_id,
        metadata_group,
        strain,
        sex,
        aligned_point,
        is_screened,
        is_derived,
        conversion_factor,
        control_count,
        own_location,
        own_spread,
        shrunk_location as location,
        distinct_count,
        floor_share,
        ceiling_share,
        resolution,
        submitted_location,
        submitted_spread,
        input_hash,
        coalesce(own_share, 0) as own_share,
        case when shrunk_location is not null then shrunk_spread end as spread,
        case
            when shrunk_location is null then 'no controls'
            when shrunk_spread is null then 'no spread'
            when control_count = 0 then 'pooled'
            when own_share < 0.9 then 'shrunk'
            else 'own'
        end as treatment
    from located

)

select * from treated
