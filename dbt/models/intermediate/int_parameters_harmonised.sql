with parameters as (

    select * from {{ ref('int_parameters_listed') }}

),

units as (

    select
        parameter_id,
        min(unit) as unit
    from {{ ref('stg_impc__parameters') }}
    group by parameter_id

),

mappings as (

    select * from {{ ref('parameter_traits') }}

),

traits as (

    select * from {{ ref('traits') }}

),

submitting as (

    select distinct unnest(centres) as centre from parameters

),

centre_total as (

    select count(*) as centre_count from submitting

),

-- A parameter that no row of the seed names is a trait of its own, in the unit it came in. The seed's factor holds for
-- the seed's unit alone; case, blanks and the letter for micro do not make another unit.
harmonised as (

    select
        parameters.pipeline_id,
        parameters.parameter_id,
        parameters.procedure_id,
        parameters.procedure_name,
        parameters.parameter_name,
        parameters.centres,
        coalesce(mappings.trait_id, lower(parameters.parameter_stem)) as trait_id,
        coalesce(units.unit, mappings.unit) as unit,
        coalesce(traits.canonical_unit, units.unit) as canonical_unit,
        coalesce(mappings.factor, 1.0)
        * case when mappings.direction = 'reversed' then -1 else 1 end
        * case when traits.kind = 'sum' then 60.0 / mappings.protocol_seconds else 1 end as factor,
        coalesce(mappings.direction, 'same') as direction,
        coalesce(mappings.is_ambiguous, false) as is_ambiguous,
        coalesce(
            translate(lower(units.unit), 'µμ ', 'uu') = translate(lower(mappings.unit), 'µμ ', 'uu'), true
        ) as is_unit_expected,
        len(parameters.centres) as centre_count,
        round(len(parameters.centres) / nullif(centre_total.centre_count, 0), 6) as weight
    from parameters
    left join mappings on parameters.parameter_stem = mappings.parameter_stem
    left join traits on mappings.trait_id = traits.trait_id
    left join units on parameters.parameter_id = units.parameter_id
    cross join centre_total

)

select * from harmonised
