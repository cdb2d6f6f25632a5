with source as (

    select * from {{ source('raw', 'embryo_expression') }}

),

renamed as (

    select
        source_row,
        {{ text('ensembl_id') }} as ensembl_id,
        {{ text('mouse_symbol') }} as mouse_symbol,
        {{ text('name') }} as stage,
        {{ number('value') }} as tpm
    from source

)

select * from renamed
