with source as (

    select * from {{ source('raw', 'protein_levels') }}

),

renamed as (

    select
        source_row,
        {{ text('human_symbol') }} as human_symbol,
        {{ text('name') }} as tissue,
        {{ number('value') }} as protein_level
    from source

)

select * from renamed
