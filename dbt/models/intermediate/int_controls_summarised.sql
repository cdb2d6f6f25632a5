with cells as (

    select
        *,
        hash(group_id) as group_key
    from {{ ref('int_cells_listed') }}

),

controls as (

    select
        cells.group_key,
        measurements.submitted_value as value
    from {{ ref('int_measurements_typed') }} as measurements
    inner join cells on measurements.cell_key = cells.cell_key
    where measurements.is_control and measurements.submitted_value is not null
    union all
    select
        hash(group_id) as group_key,
        submitted_value as value
    from {{ ref('int_series_derived') }}
    where is_control

),

-- What a group's statistics depend on, whatever the order: its controls and the rule below.
inputs as (

    select
        group_key,
        count(*) as control_count,
        concat_ws(
            '-', sum(hash(value) % 4294967296), sum(hash(value, 'again') % 4294967296), count(*),
            '{{ var("winsorised_controls") }}', '{{ var("statistics_version") }}'
        ) as input_hash
    from controls
    group by group_key

),

earlier as (

    select
        * exclude (group_id),
        hash(group_id) as group_key
    from {{ source('raw', 'earlier_control_groups') }}

),

-- A group whose controls did not change keeps its statistics of the release before.
kept as (

    select
        inputs.group_key,
        inputs.input_hash,
        inputs.control_count,
        earlier.submitted_location,
        earlier.submitted_spread,
        earlier.distinct_count,
        earlier.floor_share,
        earlier.ceiling_share,
        earlier.resolution,
        true as is_kept
    from inputs
    inner join earlier on inputs.group_key = earlier.group_key and inputs.input_hash = earlier.input_hash

),

changed as (

    select controls.*
    from controls
    anti join kept on controls.group_key = kept.group_key

),

ordered as (

    select
        group_key,
        count(*) as control_count,
        count(distinct value) as distinct_count,
        min(value) as lowest,
        max(value) as highest,
        quantile_cont(value, [0.1, 0.25, 0.5, 0.75, 0.9]) as quantiles
    from changed
    group by group_key

),

-- Where half of the controls are equal the middle quartiles tell nothing, then the outer tenths, then the whole range;
-- nor do the quartiles of a few: below twenty controls nothing is winsorised.
scaled as (

    select
        group_key,
        control_count,
        distinct_count,
        lowest,
        highest,
        quantiles[3] as middle,
        case
            when control_count >= {{ var('winsorised_controls') }}
                then coalesce(
                    nullif({{ beyond_rounding('quantiles[4] - quantiles[2]', 'quantiles[3]') }} / 1.349, 0),
                    nullif({{ beyond_rounding('quantiles[5] - quantiles[1]', 'quantiles[3]') }} / 2.563, 0)
                )
        end as robust_spread,
        coalesce(robust_spread, nullif({{ beyond_rounding('highest - lowest', 'quantiles[3]') }}, 0)) as step,
        quantiles[4] > quantiles[2] as is_resolved
    from ordered

),

-- Winsorised at three spreads and in whole millionths: sums of integers are the same in any order.
deviations as (

    select
        changed.group_key,
        round(1e6 * greatest(-3, least(3, (changed.value - scaled.middle) / scaled.step)))::bigint as deviation,
        changed.value = scaled.lowest as is_lowest,
        changed.value = scaled.highest as is_highest
    from changed
    inner join scaled on changed.group_key = scaled.group_key

),

summed as (

    select
        group_key,
        sum(deviation) / 1e6 / count(*) as mean_deviation,
        sum(deviation * deviation) / 1e12 / count(*) as mean_square,
        greatest(0, count(*) filter (where is_lowest) - 1) / count(*) as floor_share,
        greatest(0, count(*) filter (where is_highest) - 1) / count(*) as ceiling_share
    from deviations
    group by group_key

),

-- 0.9950 is the variance of a standard normal winsorised at 3 (Huber 1981, ch. 6, proposal 2, one step).
computed as (

    select
        scaled.group_key,
        inputs.input_hash,
        scaled.control_count,
        scaled.middle + coalesce(scaled.step * summed.mean_deviation, 0) as submitted_location,
        scaled.step * sqrt(
            (summed.mean_square - summed.mean_deviation * summed.mean_deviation)
            * scaled.control_count / nullif(scaled.control_count - 1, 0)
            / case when scaled.robust_spread is null then 1.0 else 0.9950 end
        ) as submitted_spread,
        scaled.distinct_count,
        summed.floor_share,
        summed.ceiling_share,
        case
            when scaled.step is null then 'constant'
            when not scaled.is_resolved then 'half are equal'
            else 'resolved'
        end as resolution,
        false as is_kept
    from scaled
    inner join summed on scaled.group_key = summed.group_key
    inner join inputs on scaled.group_key = inputs.group_key

),

summarised as (

    select * from kept
    union all by name
    select * from computed

)

select * from summarised
