with source as (

    select * from {{ source('raw', 'biogrid_interactions') }}

),

renamed as (

    select
        source_row,
        {{ text('interactor_a') }} as symbol_a,
        {{ text('interactor_b') }} as symbol_b
    from source

)

select * from renamed
