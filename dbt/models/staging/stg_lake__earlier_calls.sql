with source as (

    select * from {{ source('raw', 'earlier_calls') }}

),

renamed as (

    select
        gene_id,
        mp_term_id,
        release
    from source

)

select * from renamed
