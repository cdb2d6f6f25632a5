with weighed as (

    select * from {{ ref('int_units_weighed') }}

),

decided as (

    select * from {{ ref('int_units_decided') }}

),

told as (

    select
        weighed.trait_id,
        weighed.parameter_id,
        weighed.pipeline_id,
        weighed.centre,
        weighed.unit,
        weighed.reading,
        weighed.factor,
        weighed.control_count::integer as control_count,
        weighed.other_centre_count::integer as other_centre_count,
        weighed.shift,
        weighed.log_likelihood,
        weighed.probability,
        weighed.is_label,
        weighed.is_default,
        weighed.reading = decided.chosen_reading as is_chosen,
        decided.verdict,
        '{{ var("release") }}' as release
    from weighed
    inner join decided
        on
            weighed.parameter_id = decided.parameter_id
            and weighed.pipeline_id = decided.pipeline_id
            and weighed.centre = decided.centre

)

select * from told
