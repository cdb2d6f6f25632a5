with parameters as (

    select * from {{ ref('int_parameters_listed') }}

),

spellings as (

    select * from {{ ref('unit_spellings') }}

),

released as (

    select
        listed.parameter_id,
        min(listed.unit) as unit,
        min(coalesce({{ folded_unit('spellings.unit') }}, {{ folded_unit('listed.unit') }})) as folded_unit
    from {{ ref('stg_impc__parameters') }} as listed
    left join spellings on {{ folded_unit('listed.unit') }} = {{ folded_unit('spellings.spelling') }}
    group by listed.parameter_id

),

mappings as (

    select
        parameter_traits.*,
        traits.canonical_unit,
        traits.kind,
        traits.procedure_family,
        {{ folded_unit('parameter_traits.unit') }} as folded_unit,
        case when parameter_traits.direction = 'reversed' then -1.0 else 1.0 end
        * case when traits.kind = 'sum' then 60.0 / parameter_traits.protocol_seconds else 1.0 end as rate_factor
    from {{ ref('parameter_traits') }} as parameter_traits
    inner join {{ ref('trait_definitions') }} as traits on parameter_traits.trait_id = traits.trait_id

),

units as (

    select * from {{ ref('int_units_read') }}

),

submitting as (

    select distinct unnest(centres) as centre from parameters

),

centre_total as (

    select count(*) as centre_count from submitting

),

-- A parameter that no row of the seed names is a trait of its own, in the unit it came in. The factor is that of the
-- released unit; where the trait has no reading of it, or the release names none, that of the unit in the seed.
harmonised as (

    select
        parameters.pipeline_id,
        parameters.parameter_id,
        parameters.procedure_id,
        parameters.procedure_name,
        parameters.parameter_name,
        parameters.centres,
        mappings.kind,
        mappings.procedure_family,
        mappings.matched_by,
        coalesce(mappings.trait_id, lower(parameters.parameter_stem)) as trait_id,
        coalesce(released.unit, mappings.unit) as unit,
        coalesce(units.unit, expected.unit) as reading_unit,
        coalesce(mappings.canonical_unit, released.unit) as canonical_unit,
        coalesce(mappings.direction, 'same') as direction,
        coalesce(mappings.rate_factor, 1.0) as rate_factor,
        coalesce(units.factor, expected.factor, 1.0) * coalesce(mappings.rate_factor, 1.0) as factor,
        coalesce(units.reading_count, expected.reading_count, 1) > 1 as is_ambiguous,
        coalesce(released.folded_unit = mappings.folded_unit, true)
        or coalesce(units.factor = expected.factor, false) as is_unit_expected,
        len(parameters.centres) as centre_count,
        round(len(parameters.centres) / nullif(centre_total.centre_count, 0), 6) as weight
    from parameters
    left join mappings on parameters.parameter_stem = mappings.parameter_stem
    left join released on parameters.parameter_id = released.parameter_id
    left join units on mappings.trait_id = units.trait_id and released.folded_unit = units.folded_unit
    left join units as expected on mappings.trait_id = expected.trait_id and mappings.folded_unit = expected.folded_unit
    cross join centre_total

)

select * from harmonised
