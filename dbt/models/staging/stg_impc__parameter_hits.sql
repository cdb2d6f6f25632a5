with source as (

    select * from {{ source('raw', 'phenotype_hits_per_parameter') }}

),

renamed as (

    select
        source_row,
        {{ text('parameter_id') }} as parameter_id,
        {{ text('parameter_name') }} as parameter_name,
        try_cast({{ number('hit_count') }} as integer) as hit_count,
        {{ texts('gene_accession_ids', '|') }} as gene_ids
    from source

)

select * from renamed
