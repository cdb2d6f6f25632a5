with source as (

    select * from {{ source('raw', 'parameters') }}

),

renamed as (

    select
        source_row,
        {{ text('parameter_stable_id') }} as parameter_id,
        {{ text('name') }} as parameter_name,
        {{ text('data_type') }} as data_type,
        {{ text('unit_x') }} as unit
    from source

)

select * from renamed
