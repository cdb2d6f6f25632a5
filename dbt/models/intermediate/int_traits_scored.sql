{# Per trait: how much of the variance of control animals the centre explains, before and after (eta squared, within
   sex). The values of a group are its location plus its spread times z, so no measurement is read again. #}

with sums as (

    select
        group_key,
        sum(animal_count)::bigint as animal_count,
        sum(z_sum::decimal(30, 6))::double as z_sum,
        sum(z_square_sum::decimal(30, 9))::double as z_square_sum
    from {{ ref('int_animals_summed') }}
    where is_control
    group by group_key

),

groups as (

    select * from {{ ref('int_control_groups') }}

),

-- In units of the trait's usual level and spread, so that whole billionths are enough for every trait.
units as (

    select
        trait_id,
        sex,
        median(location) as level,
        nullif(median(spread), 0) as step
    from groups
    where spread > 0
    group by trait_id, sex

),

by_group as (

    select
        groups.trait_id,
        groups.sex,
        groups.centre,
        sums.animal_count,
        sums.z_sum,
        sums.z_square_sum,
        (groups.location - units.level) / units.step as centre_offset,
        groups.spread / units.step as scale
    from sums
    inner join groups on sums.group_key = groups.group_key
    inner join units on groups.trait_id = units.trait_id and groups.sex = units.sex

),

by_centre as (

    select
        trait_id,
        sex,
        centre,
        sum(animal_count)::bigint as animal_count,
        sum(z_sum::decimal(30, 9)) as z_sum,
        sum(z_square_sum::decimal(30, 9)) as z_square_sum,
        sum((animal_count * centre_offset + scale * z_sum)::decimal(30, 9)) as value_sum,
        sum(
            (
                animal_count * centre_offset * centre_offset
                + 2 * centre_offset * scale * z_sum
                + scale * scale * z_square_sum
            )::decimal(30, 9)
        )
            as value_square_sum
    from by_group
    group by trait_id, sex, centre

),

by_sex as (

    select
        trait_id,
        sex,
        count(*) as centre_count,
        sum(animal_count)::bigint as animal_count,
        sum((z_sum::double * z_sum::double / animal_count)::decimal(30, 9))::double
        - power(sum(z_sum)::double, 2) / sum(animal_count) as z_between,
        sum(z_square_sum)::double - power(sum(z_sum)::double, 2) / sum(animal_count) as z_total,
        sum((value_sum::double * value_sum::double / animal_count)::decimal(30, 9))::double
        - power(sum(value_sum)::double, 2) / sum(animal_count) as value_between,
        sum(value_square_sum)::double - power(sum(value_sum)::double, 2) / sum(animal_count) as value_total
    from by_centre
    group by trait_id, sex

),

scored as (

    select
        trait_id,
        max(centre_count) as centre_count,
        sum(animal_count)::bigint as control_count,
        sum((animal_count * least(1, greatest(0, value_between / nullif(value_total, 0))))::decimal(30, 9))::double
        / sum(animal_count) filter (where value_total > 0) as centre_share_before,
        sum((animal_count * least(1, greatest(0, z_between / nullif(z_total, 0))))::decimal(30, 9))::double
        / sum(animal_count) filter (where z_total > 0) as centre_share_after
    from by_sex
    where centre_count >= 2
    group by trait_id

)

select * from scored
