with groups as (

    select * from {{ ref('int_control_groups') }}

),

sums as (

    select * from {{ ref('int_animals_summed') }}

),

animals as (

    select
        groups.trait_id,
        groups.centre,
        sum(sums.animal_count) filter (where sums.is_control) as control_count,
        sum(sums.animal_count) filter (where not sums.is_control) as mutant_count,
        count(distinct sums.line_id) as line_count
    from sums
    inner join groups on sums.group_key = groups.group_key
    group by groups.trait_id, groups.centre

),

levels as (

    select
        trait_id,
        centre,
        sum((control_count * location)::decimal(38, 12))::double
        / nullif(sum(control_count) filter (where location is not null), 0) as location,
        sum((control_count * spread)::decimal(38, 12))::double
        / nullif(sum(control_count) filter (where spread is not null), 0) as spread
    from groups
    where is_screened
    group by trait_id, centre

),

centre_lines as (

    select
        groups.centre,
        count(distinct sums.line_id) as centre_line_count
    from sums
    inner join groups on sums.group_key = groups.group_key
    group by groups.centre

),

trait_lines as (

    select
        trait_id,
        count(distinct centre) as submitting_count
    from groups
    where is_screened
    group by trait_id

),

-- Every trait at every centre, so that what a centre does not submit is a row, too.
crossed as (

    select
        traits.trait_id,
        traits.submitting_count,
        centres.centre,
        centres.centre_line_count,
        count(*) over (partition by traits.trait_id) as centre_count
    from trait_lines as traits
    cross join centre_lines as centres

),

counted as (

    select
        crossed.trait_id,
        crossed.centre,
        levels.location,
        levels.spread,
        coalesce(animals.control_count, 0)::bigint as control_count,
        coalesce(animals.mutant_count, 0)::bigint as mutant_count,
        coalesce(animals.line_count, 0) as line_count,
        levels.trait_id is not null as is_submitted,
        crossed.submitting_count / crossed.centre_count as coverage_weight,
        coalesce(animals.line_count, 0) / nullif(crossed.centre_line_count, 0) as tested_share
    from crossed
    left join animals on crossed.trait_id = animals.trait_id and crossed.centre = animals.centre
    left join levels on crossed.trait_id = levels.trait_id and crossed.centre = levels.centre

)

select * from counted
