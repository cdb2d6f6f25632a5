{# Where the controls of a time stood apart from all controls of their group: a soft window over time, as SmoothWin has
   it (Haselimashhadi et al. 2020, Bioinformatics 36:1492: logistic edges), of a fixed width, and shrunk by how much periods
   of the trait really differ. #}

with groups as (

    select * from {{ ref('int_control_groups') }}

),

summed as (

    select
        groups.batch_id,
        sums.period,
        sum(sums.animal_count) filter (where sums.is_control) as control_count,
        sum(sums.winsorised_sum::decimal(30, 6)) filter (where sums.is_control) as winsorised_sum
    from {{ ref('int_animals_summed') }} as sums
    inner join groups on sums.group_key = groups.group_key
    where sums.period is not null
    group by groups.batch_id, sums.period

),

batches as (

    select
        batch_id,
        any_value(trait_id) as trait_id,
        any_value(centre) as centre
    from groups
    group by batch_id

),

controls as (

    select
        *,
        sum(animal_count) over by_group as group_count,
        sum((animal_count * animal_count)::decimal(38, 0)) over by_group / power(group_count, 2) as concentration,
        (sum(winsorised_sum::decimal(30, 6)) over by_group)::double / group_count as group_mean
    from {{ ref('int_animals_summed') }}
    where is_control and period is not null
    window by_group as (partition by group_key)

),

-- Two controls of one period agree by the variance between periods, less what the mean of the group, which holds the
-- periods and their animals, took from both.
agreements as (

    select
        groups.trait_id,
        controls.animal_count * (controls.animal_count - 1) as pair_count,
        pair_count * (1 - 2 * controls.animal_count / controls.group_count + controls.concentration) as weight,
        power(controls.winsorised_sum - controls.animal_count * controls.group_mean, 2)
        - (
            controls.winsorised_square_sum
            - 2 * controls.group_mean * controls.winsorised_sum
            + controls.animal_count * power(controls.group_mean, 2)
        )
        + pair_count / controls.group_count as agreement
    from controls
    inner join groups on controls.group_key = groups.group_key
    where controls.animal_count > 1

),

overall as (

    select
        greatest(0, sum(agreement::decimal(30, 9))::double / nullif(sum(weight::decimal(30, 9))::double, 0))
            as batch_variance
    from agreements

),

-- A trait with few such pairs leans on all traits.
variances as (

    select
        agreements.trait_id,
        greatest(
            0,
            (
                sum(agreements.agreement::decimal(30, 9))::double
                + {{ var('batch_pairs') }} * any_value(overall.batch_variance)
            ) / (sum(agreements.weight::decimal(30, 9))::double + {{ var('batch_pairs') }})
        ) as batch_variance
    from agreements
    cross join overall
    group by agreements.trait_id

),

windowed as (

    select
        here.batch_id,
        here.period,
        coalesce(any_value(here.control_count), 0) as control_count,
        1 / (1 + exp((28 * abs(there.period - here.period) - {{ var('batch_days') }}) / 14.0)) as window_weight,
        there.control_count as there_count,
        there.winsorised_sum as there_sum
    from summed as here
    inner join summed as there
        on
            here.batch_id = there.batch_id
            and there.period between here.period - 4 and here.period + 4
            and there.control_count > 0
    group by here.batch_id, here.period, there.period, there.control_count, there.winsorised_sum

),

located as (

    select
        batch_id,
        period,
        any_value(control_count)::bigint as control_count,
        sum((window_weight * there_sum)::decimal(30, 9))::double as weighted_sum,
        sum((window_weight * there_count)::decimal(30, 9))::double as weighted_count,
        sum((window_weight * window_weight * there_count)::decimal(30, 9))::double as squared_count
    from windowed
    group by batch_id, period

),

estimated as (

    select
        located.batch_id,
        batches.trait_id,
        batches.centre,
        located.period,
        located.control_count,
        located.weighted_count * located.weighted_count / located.squared_count as effective_count,
        coalesce(variances.batch_variance, 0)::double as batch_variance,
        coalesce(batch_variance / (batch_variance + 1 / effective_count), 0) as trust,
        trust * located.weighted_sum / located.weighted_count as drift,
        sqrt(batch_variance * (1 - trust)) as standard_error
    from located
    inner join batches on located.batch_id = batches.batch_id
    left join variances on batches.trait_id = variances.trait_id

)

select * from estimated
