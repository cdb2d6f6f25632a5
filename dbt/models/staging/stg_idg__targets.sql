with source as (

    select * from {{ source('raw', 'idg_targets') }}

),

renamed as (

    select
        source_row,
        {{ text('human_symbol') }} as human_symbol,
        {{ text('target_level') }} as target_level,
        {{ text('target_family') }} as target_family,
        {{ number('novelty') }} as novelty
    from source

)

select * from renamed
