with source as (

    select * from {{ source('raw', 'earlier_genes') }}

),

renamed as (

    select
        gene_id,
        release
    from source

)

select * from renamed
