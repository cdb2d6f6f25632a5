with source as (

    select * from {{ source('raw', 'string_interactions') }}

),

renamed as (

    select
        source_row,
        {{ text('interactor_a') }} as symbol_a,
        {{ text('interactor_b') }} as symbol_b,
        {{ number('score') }} as score
    from source

)

select * from renamed
