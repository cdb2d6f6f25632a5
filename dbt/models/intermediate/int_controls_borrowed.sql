{# What a control group may borrow where its own controls are few: empirical Bayes (Efron and Morris 1975; Smyth 2004
   for the spread). The prior of its spread are the other groups of its centre and those of all centres; the prior of its
   location are the other groups of its centre and sex, and the other sex of the same group, moved by the trait's usual
   difference of the sexes. How far each may be trusted is measured on groups with enough controls. #}

with groups as (

    select
        *,
        coalesce(aligned_point, -1e9) as time_key,
        case when own_spread > 0 and control_count >= 3 then ln(own_spread) end as log_spread
    from {{ ref('int_controls_converted') }}

),

-- Sums over decimals are the same in any order; a group is left out of its centre's prior, not of the median of all.
summed as (

    select
        *,
        case when log_spread is not null then control_count else 0 end as spread_count,
        sum(spread_count) over mates - spread_count as mate_spread_count,
        (
            sum((control_count * log_spread)::decimal(30, 9)) over mates
            - coalesce((control_count * log_spread)::decimal(30, 9), 0)
        )::double / nullif(mate_spread_count, 0) as mate_log_spread,
        median(log_spread) over everybody as all_log_spread,
        1.4826 * mad(log_spread) over everybody as all_log_spread_deviation,
        sum(control_count) over cage - control_count as mate_count,
        (
            sum(try_cast(control_count * own_location as decimal(38, 12))) over cage
            - coalesce(try_cast(control_count * own_location as decimal(38, 12)), 0)
        )::double / nullif(mate_count, 0) as mate_location
    from groups
    window
        everybody as (partition by trait_id, time_key),
        mates as (partition by trait_id, time_key, centre),
        cage as (partition by trait_id, time_key, centre, sex)

),

paired as (

    select
        summed.*,
        other.control_count as other_count,
        other.own_location as other_location,
        case
            when summed.sex = 'male' and summed.own_spread > 0 and other.own_spread > 0
                then (summed.own_location - other.own_location) / sqrt(summed.own_spread * other.own_spread)
        end as sex_difference
    from summed
    left join summed as other
        on
            summed.batch_id = other.batch_id
            and (
                (summed.sex = 'male' and other.sex = 'female') or (summed.sex = 'female' and other.sex = 'male')
            )

),

-- How far priors miss well measured groups, beyond what the counts explain; with fewer than three such groups, unknown.
mate_misses as (

    select
        trait_id,
        time_key,
        greatest(0.01, avg((
            least(1e4, power((own_location - mate_location) / own_spread, 2)) - 1.0 / control_count - 1.0 / mate_count
        )::decimal(24, 9))) as mate_variance
    from summed
    where own_spread > 0 and least(control_count, mate_count) >= {{ var('trusted_controls') }}
    group by trait_id, time_key
    having count(*) >= 3

),

spread_misses as (

    select
        trait_id,
        time_key,
        greatest(0.0025, avg((
            power(log_spread - mate_log_spread, 2) - 0.75 / control_count - 0.75 / mate_spread_count
        )::decimal(24, 9))) as mate_spread_variance
    from summed
    where log_spread is not null and least(control_count, mate_spread_count) >= {{ var('trusted_controls') }}
    group by trait_id, time_key
    having count(*) >= 3

),

sex_differences as (

    select
        *,
        median(sex_difference) over (partition by trait_id, time_key) as sex_shift
    from paired
    where sex_difference is not null and least(control_count, other_count) >= {{ var('trusted_controls') }}

),

sex_misses as (

    select
        trait_id,
        time_key,
        any_value(sex_shift) as sex_shift,
        greatest(0.01, avg((
            least(1e4, power(sex_difference - sex_shift, 2)) - 1.0 / control_count - 1.0 / other_count
        )::decimal(24, 9))) as sex_variance
    from sex_differences
    group by trait_id, time_key
    having count(*) >= 3

),

borrowed as (

    select
        paired.group_id,
        paired.mate_count,
        paired.mate_location,
        paired.other_count,
        paired.other_location,
        sex_misses.sex_variance::double as sex_variance,
        paired.mate_spread_count,
        paired.mate_log_spread,
        paired.all_log_spread,
        coalesce(mate_misses.mate_variance, 1.0)::double as mate_variance,
        case when paired.sex = 'male' then sex_misses.sex_shift else -sex_misses.sex_shift end as sex_shift,
        coalesce(spread_misses.mate_spread_variance, 0.05)::double as mate_spread_variance,
        greatest(0.05, power(coalesce(nullif(paired.all_log_spread_deviation, 0), 0.5), 2)) as all_spread_variance
    from paired
    left join mate_misses on paired.trait_id = mate_misses.trait_id and paired.time_key = mate_misses.time_key
    left join spread_misses on paired.trait_id = spread_misses.trait_id and paired.time_key = spread_misses.time_key
    left join sex_misses on paired.trait_id = sex_misses.trait_id and paired.time_key = sex_misses.time_key

)

select * from borrowed
