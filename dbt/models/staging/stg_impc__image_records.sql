with source as (

    select * from {{ source('raw', 'image_records') }}

),

renamed as (

    select
        source_row,
        {{ text('observation_id') }} as observation_id,
        {{ text('jpeg_url') }} as jpeg_url,
        {{ text('omero_id') }} as omero_id
    from source

)

select * from renamed
