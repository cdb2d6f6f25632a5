with groups as (

    select * from {{ ref('int_groups_listed') }}
    where not is_derived

),

summaries as (

    select * from {{ ref('int_controls_summarised') }}

),

parameters as (

    select * from {{ ref('int_parameters_harmonised') }}

),

readings as (

    select * from {{ ref('unit_readings') }}

),

-- What a label may mean: its own readings; and, to doubt it, every other unit of the trait and slips by powers of ten.
candidates as (

    select
        trait_id,
        unit,
        reading,
        factor,
        is_default,
        true as is_label
    from readings
    union all
    select
        labels.trait_id,
        labels.unit,
        others.unit || ' (' || others.reading || ')' as reading,
        others.factor,
        false as is_default,
        false as is_label
    from (select distinct
        trait_id,
        unit
    from readings) as labels
    inner join readings as others on labels.trait_id = others.trait_id and labels.unit <> others.unit
    union all
    select
        readings.trait_id,
        readings.unit,
        readings.unit || ' / ' || slips.word as reading,
        readings.factor * slips.factor as factor,
        false as is_default,
        false as is_label
    from readings
    cross join (values ('10', 10.0), ('100', 100.0), ('1000', 1000.0), ('0.1', 0.1), ('0.01', 0.01), ('0.001', 0.001))
        as slips (word, factor)
    where readings.is_default

),

-- Two names of one factor would share what speaks for it.
told_apart as (

    select * from candidates
    qualify row_number() over (
        partition by trait_id, unit, round(30 * ln(factor))
        order by is_default desc, is_label desc, reading asc
    ) = 1

),

numbered as (

    select
        *,
        count(*) filter (where is_label) over (partition by trait_id, unit) as label_count,
        count(*) filter (where not is_label) over (partition by trait_id, unit) as alternative_count
    from told_apart

),

-- Where a centre's controls lie, sex by sex and time by time, in the submitted unit.
centred as (

    select
        groups.trait_id,
        groups.parameter_id,
        groups.pipeline_id,
        groups.centre,
        groups.sex,
        groups.aligned_point,
        parameters.reading_unit as unit,
        abs(parameters.rate_factor) as rate_scale,
        sum(summaries.control_count) as control_count,
        sum((summaries.control_count * log10(summaries.submitted_location))::decimal(38, 9))::double
        / sum(summaries.control_count) as level
    from groups
    inner join summaries on groups.group_key = summaries.group_key
    inner join parameters
        on groups.pipeline_id = parameters.pipeline_id and groups.parameter_id = parameters.parameter_id
    where summaries.submitted_location > 0
    group by
        groups.trait_id, groups.parameter_id, groups.pipeline_id, groups.centre, groups.sex, groups.aligned_point,
        parameters.reading_unit, parameters.rate_factor

),

weighed as (

    select
        centred.trait_id,
        centred.parameter_id,
        centred.pipeline_id,
        centred.centre,
        centred.sex,
        centred.aligned_point,
        centred.unit,
        centred.control_count,
        numbered.reading,
        numbered.label_count,
        numbered.alternative_count,
        numbered.factor,
        numbered.is_default,
        numbered.is_label,
        centred.level + log10(numbered.factor * centred.rate_scale) as level
    from centred
    inner join numbered on centred.trait_id = numbered.trait_id and centred.unit = numbered.unit
    where centred.control_count >= {{ var('unit_controls') }}

),

-- The others' levels under their default readings: one a centre, so that a centre with two parameters counts once.
references_by_centre as (

    select
        trait_id,
        sex,
        aligned_point,
        centre,
        median(level) as level
    from weighed
    where is_default
    group by trait_id, sex, aligned_point, centre

),

-- A label of one reading that no two other centres can be held against is not weighed; one of several stays undecided.
compared as (

    select
        weighed.trait_id,
        weighed.parameter_id,
        weighed.pipeline_id,
        weighed.centre,
        weighed.unit,
        weighed.reading,
        weighed.factor,
        weighed.is_default,
        weighed.is_label,
        weighed.sex,
        weighed.aligned_point,
        weighed.control_count,
        weighed.alternative_count,
        count(others.centre) as other_centre_count,
        case when count(others.centre) >= 2 then weighed.level - median(others.level) end as shift,
        greatest(
            {{ var('least_unit_spread') }},
            1.4826 * mad(others.level) * sqrt(1 + 1.0 / nullif(count(others.centre), 0))
        ) as spread
    from weighed
    left join references_by_centre as others
        on
            weighed.trait_id = others.trait_id
            and weighed.sex = others.sex
            and weighed.aligned_point is not distinct from others.aligned_point
            and weighed.centre <> others.centre
    group by
        weighed.trait_id, weighed.parameter_id, weighed.pipeline_id, weighed.centre, weighed.unit, weighed.reading,
        weighed.factor, weighed.is_default, weighed.is_label, weighed.sex, weighed.aligned_point,
        weighed.control_count, weighed.level, weighed.label_count, weighed.alternative_count
    having count(others.centre) >= 2 or weighed.label_count > 1

),

-- Sexes and times of one animal house say the same thing once more, so their evidence is averaged, not added.
-- Student's t with three degrees of freedom: one odd reference centre must not settle it.
judged as (

    select
        trait_id,
        parameter_id,
        pipeline_id,
        centre,
        unit,
        reading,
        factor,
        is_default,
        is_label,
        sum(control_count)::bigint as control_count,
        min(other_centre_count) as other_centre_count,
        median(shift) as shift,
        median(spread) as spread,
        coalesce(-2 * ln(1 + power(median(shift) / median(spread), 2) / 3) - ln(median(spread)), 0)
        + case when is_label then 0 else ln({{ var('doubt_prior') }} / any_value(alternative_count)) end
            as log_likelihood
    from compared
    group by trait_id, parameter_id, pipeline_id, centre, unit, reading, factor, is_default, is_label

),

relative as (

    select
        *,
        exp(log_likelihood - max(log_likelihood) over (partition by trait_id, parameter_id, pipeline_id, centre))
            as relative_likelihood
    from judged

),

-- Whole billionths, so that the sum does not depend on the order of the readings.
shared as (

    select
        * exclude (relative_likelihood),
        relative_likelihood * 1e9
        / sum(round(1e9 * relative_likelihood)::bigint) over (partition by trait_id, parameter_id, pipeline_id, centre)
            as probability
    from relative

)

select * from shared
