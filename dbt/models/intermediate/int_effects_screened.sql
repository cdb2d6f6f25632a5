with sums as (

    select * from {{ ref('int_animals_summed') }}

),

groups as (

    select * from {{ ref('int_control_groups') }}

),

batches as (

    select * from {{ ref('int_batches_estimated') }}

),

weights as (

    select * from {{ ref('int_weight_slopes') }}

),

-- A time without controls near it may have drifted as far as times of the trait do.
unknown as (

    select
        trait_id,
        sqrt(any_value(batch_variance)) as standard_error
    from batches
    group by trait_id

),

-- Where a trait is skewed, the mean lies beside the winsorised mean: for controls as for mutants. The variance leans on
-- 1 with the weight of ten animals (Smyth 2004), since the spread was brought to 1.
controls as (

    select
        group_key,
        sum(animal_count)::bigint as control_count,
        (sum(z_sum::decimal(30, 6)) - sum(winsorised_sum::decimal(30, 6)))::double / sum(animal_count) as skew,
        (
            10 + sum(z_square_sum::decimal(30, 9))::double
            - power(sum(z_sum::decimal(30, 6))::double, 2) / sum(animal_count)
        ) / (10 + sum(animal_count)) as variance
    from sums
    where is_control
    group by group_key

),

mutants as (

    select
        sums.line_id,
        groups.trait_id,
        groups.sex,
        groups.group_key,
        sum(sums.animal_count)::bigint as mutant_count,
        sum((sums.z_sum - sums.animal_count * coalesce(batches.drift, 0))::decimal(30, 9))::double as z_sum,
        sum(
            power(sums.animal_count * coalesce(batches.standard_error, unknown.standard_error, 0), 2)::decimal(30, 9)
        )::double
            as drift_variance_sum,
        sum(sums.weighed_count)::bigint as weighed_count,
        sum(sums.weight_sum::decimal(30, 3))::double as weight_sum
    from sums
    inner join groups on sums.group_key = groups.group_key
    left join batches on groups.batch_id = batches.batch_id and sums.period = batches.period
    left join unknown on groups.trait_id = unknown.trait_id
    where not sums.is_control
    group by sums.line_id, groups.trait_id, groups.sex, groups.group_key

),

-- A line is screened in the first stage of life it was measured in; later ones are other questions.
by_group as (

    select
        mutants.line_id,
        mutants.trait_id,
        mutants.sex,
        {{ life_stage('groups') }} as life_stage,
        mutants.mutant_count,
        mutants.drift_variance_sum,
        mutants.weighed_count,
        coalesce(controls.control_count, 0) as control_count,
        mutants.z_sum - mutants.mutant_count * coalesce(controls.skew, 0) as z_sum,
        coalesce(controls.variance, 1) as variance,
        case
            when groups.control_count > 0 then groups.own_share / groups.control_count
            else 1
        end as location_variance,
        mutants.weighed_count
        * weights.weight_slope
        * (mutants.weight_sum / nullif(mutants.weighed_count, 0) - weights.mean_weight)
        / weights.weight_spread as weight_share
    from mutants
    inner join groups on mutants.group_key = groups.group_key
    left join controls on mutants.group_key = controls.group_key
    left join weights on mutants.group_key = weights.group_key
    qualify life_stage = min(life_stage) over (partition by mutants.line_id, mutants.trait_id, mutants.sex)

),

paired as (

    select
        line_id,
        trait_id,
        sex,
        min(life_stage) as life_stage,
        sum(mutant_count)::bigint as mutant_count,
        sum(control_count)::bigint as control_count,
        sum(z_sum::decimal(30, 9))::double / sum(mutant_count) as effect_size,
        sum((variance * mutant_count)::decimal(30, 9))::double / sum(mutant_count) as variance,
        sum((variance * location_variance * mutant_count * mutant_count + drift_variance_sum)::decimal(30, 9))::double
        / power(sum(mutant_count), 2) as reference_variance,
        sum(weight_share::decimal(30, 9))::double
        / nullif(sum(weighed_count) filter (where weight_share is not null), 0) as weight_share
    from by_group
    group by line_id, trait_id, sex

),

estimated as (

    select
        line_id,
        trait_id,
        sex,
        life_stage,
        mutant_count,
        control_count,
        effect_size,
        sqrt(variance / mutant_count + reference_variance) as standard_error,
        effect_size - weight_share as weight_adjusted_effect_size
    from paired

)

select * from estimated
