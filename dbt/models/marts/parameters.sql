with parameters as (

    select * from {{ ref('int_parameters_harmonised') }}

),

keyed as (

    select
        pipeline_id || '|' || parameter_id as parameter_key,
        pipeline_id,
        procedure_id,
        procedure_name,
        parameter_id,
        parameter_name,
        trait_id,
        unit,
        canonical_unit,
        factor,
        direction,
        is_ambiguous as is_unit_ambiguous,
        is_unit_expected,
        centres,
        centre_count::integer as centre_count,
        weight,
        '{{ var("release") }}' as release
    from parameters

)

select * from keyed
