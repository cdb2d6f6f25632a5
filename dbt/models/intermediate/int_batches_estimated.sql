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

-- Two controls of one period agree by the variance between periods, but for the mean that was taken from both.
agreements as (

    select
        groups.trait_id,
        sums.animal_count * (sums.animal_count - 1) as pair_count,
        power(sums.winsorised_sum, 2) - sums.winsorised_square_sum
        + sums.animal_count * (sums.animal_count - 1) / groups.control_count as agreement
    from {{ ref('int_animals_summed') }} as sums
    inner join groups on sums.group_key = groups.group_key
    where sums.is_control and sums.period is not null and sums.animal_count > 1

),

overall as (

    select greatest(0, sum(agreement::decimal(30, 9))::double / nullif(sum(pair_count), 0)) as batch_variance
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
            ) / (sum(agreements.pair_count) + {{ var('batch_pairs') }})
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
