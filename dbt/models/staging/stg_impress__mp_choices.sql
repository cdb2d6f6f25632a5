with source as (

    select * from {{ source('raw', 'mp_chooser') }}

),

renamed as (

    select
        source_row,
        {{ text('pipeline_stable_id') }} as pipeline_id,
        {{ text('parameter_stable_id') }} as parameter_id,
        {{ text('sex') }} as sex,
        {{ text('outcome') }} as outcome,
        {{ text('level') }} as outcome_level,
        {{ text('mp_term_id') }} as mp_term_id
    from source

)

select * from renamed
