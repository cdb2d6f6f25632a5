with source as (

    select * from {{ source('raw', 'images') }}

),

renamed as (

    select
        {{ text('observation_id') }} as observation_id,
        {{ text('url') }} as url,
        {{ text('sha256') }} as sha256,
        {{ text('path') }} as image_path
    from source

)

select * from renamed
