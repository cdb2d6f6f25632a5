with source as (

    select * from {{ source('raw', 'phenotype_hits_per_procedure') }}

),

renamed as (

    select
        source_row,
        {{ text('procedure_id') }} as procedure_id,
        {{ text('procedure_name') }} as procedure_name,
        try_cast({{ number('hit_count') }} as integer) as hit_count,
        {{ texts('gene_accession_ids', '|') }} as gene_ids
    from source

)

select * from renamed
