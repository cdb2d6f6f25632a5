with source as (

    select * from {{ source('raw', 'phenotype_hits_per_gene') }}

),

renamed as (

    select
        source_row,
        {{ text('gene_id') }} as gene_id,
        {{ text('gene_symbol') }} as gene_symbol,
        try_cast({{ number('hit_count') }} as integer) as hit_count,
        {{ texts('hits', '::') }} as term_names
    from source

)

select * from renamed
