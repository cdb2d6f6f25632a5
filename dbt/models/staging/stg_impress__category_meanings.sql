with source as (

    select * from {{ source('raw', 'category_remapping') }}

),

renamed as (

    select
        source_row,
        {{ text('parameter_stable_id') }} as parameter_id,
        {{ category('category') }} as category,
        {{ flag('category_2') }} as is_abnormal
    from source

)

select * from renamed
