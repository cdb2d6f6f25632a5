with weighed as (

    select * from {{ ref('int_units_weighed') }}

),

verdicts as (

    select
        trait_id,
        parameter_id,
        pipeline_id,
        centre,
        count(*) filter (where is_label) as label_count,
        arg_max(reading, probability) filter (where is_label) as best_reading,
        max(probability) filter (where is_label) as best_probability,
        1 - sum(round(probability, 9)::decimal(12, 9)) filter (where is_label)::double as doubt_probability,
        any_value(reading) filter (where is_default) as default_reading
    from weighed
    group by trait_id, parameter_id, pipeline_id, centre

),

-- A label is never put right silently: a doubtful one is told, and read as it says.
decided as (

    select
        *,
        case
            when coalesce(doubt_probability, 0) >= {{ var('unit_certainty') }} then 'label doubtful'
            when label_count = 1 then 'label holds'
            when best_probability >= {{ var('unit_certainty') }} then 'decided from the data'
            else 'undecided'
        end as verdict,
        case when verdict = 'decided from the data' then best_reading else default_reading end as chosen_reading
    from verdicts

),

chosen as (

    select
        decided.trait_id,
        decided.parameter_id,
        decided.pipeline_id,
        decided.centre,
        decided.verdict,
        decided.chosen_reading,
        weighed.factor
    from decided
    inner join weighed
        on
            decided.parameter_id = weighed.parameter_id
            and decided.pipeline_id = weighed.pipeline_id
            and decided.centre = weighed.centre
            and decided.chosen_reading = weighed.reading

)

select * from chosen
