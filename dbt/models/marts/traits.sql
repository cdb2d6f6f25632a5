with groups as (

    select
        trait_id,
        count(*) as group_count,
        sum(control_count) as control_count,
        sum(control_count) filter (where resolution <> 'resolved') as unresolved_count,
        sum((control_count * floor_share)::decimal(30, 9))::double / nullif(sum(control_count), 0) as floor_share,
        sum((control_count * ceiling_share)::decimal(30, 9))::double / nullif(sum(control_count), 0) as ceiling_share,
        sum(control_count) filter (where treatment = 'no spread') as constant_count
    from {{ ref('int_control_groups') }}
    group by trait_id

),

parameters as (

    select
        trait_id,
        any_value(canonical_unit order by parameter_id) as canonical_unit,
        any_value(procedure_name order by parameter_id) as procedure_name,
        any_value(parameter_name order by parameter_id) as parameter_name
    from {{ ref('int_parameters_harmonised') }}
    group by trait_id

),

named as (

    select * from {{ ref('trait_definitions') }}

),

scored as (

    select * from {{ ref('int_traits_scored') }}

),

slopes as (

    select
        trait_id,
        any_value(weight_slope) as weight_slope
    from {{ ref('int_weight_slopes') }}
    group by trait_id

),

centres as (

    select
        trait_id,
        sum(line_count) as line_count,
        count(*) filter (where is_submitted) as centre_count,
        any_value(coverage_weight) as coverage_weight
    from {{ ref('int_trait_centres_counted') }}
    group by trait_id

),

-- Degenerate: a fifth of the controls in groups without any spread, half in groups without two different middle
-- quartiles, or a fifth tied at an end.
told as (

    select
        groups.trait_id,
        coalesce(named.trait_name, parameters.parameter_name) as trait_name,
        coalesce(named.canonical_unit, parameters.canonical_unit) as canonical_unit,
        coalesce(named.kind, 'level') as kind,
        coalesce(named.procedure_family, parameters.procedure_name) as procedure_family,
        groups.control_count::integer as control_count,
        coalesce(centres.line_count, 0)::integer as line_count,
        coalesce(centres.centre_count, 0)::integer as centre_count,
        centres.coverage_weight,
        scored.centre_share_before,
        scored.centre_share_after,
        slopes.weight_slope,
        groups.floor_share,
        groups.ceiling_share,
        case
            when groups.constant_count > 0.2 * groups.control_count then 'no spread in some groups'
            when groups.unresolved_count > 0.5 * groups.control_count then 'half of the controls are equal'
            when groups.floor_share > 0.2 then 'floor'
            when groups.ceiling_share > 0.2 then 'ceiling'
            else 'resolved'
        end as treatment,
        treatment <> 'resolved' as is_degenerate,
        '{{ var("release") }}' as release
    from groups
    left join parameters on groups.trait_id = parameters.trait_id
    left join named on groups.trait_id = named.trait_id
    left join scored on groups.trait_id = scored.trait_id
    left join slopes on groups.trait_id = slopes.trait_id
    left join centres on groups.trait_id = centres.trait_id

)

select * from told
