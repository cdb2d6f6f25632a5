with source as (

    select * from {{ source('raw', 'human_phenotypes') }}

),

renamed as (

    select
        source_row,
        replace({{ text('ncbi_gene_id') }}, 'NCBIGene:', '') as human_entrez_id,
        {{ text('gene_symbol') }} as human_symbol,
        {{ text('hpo_id') }} as hpo_id,
        {{ text('hpo_name') }} as hpo_name,
        {{ text('disease_id') }} as disease_id,
        {{ text('frequency') }} as frequency
    from source

)

select * from renamed
