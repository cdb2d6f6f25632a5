{{ config(materialized='table') }}

with source as (

    select * from {{ source('raw', 'observations') }}

),

-- What differs is found first, on the cells as they were read.
distinct_cells as (

    select distinct
        biological_sample_group,
        gene_accession_id,
        gene_symbol,
        allele_accession_id,
        allele_symbol,
        zygosity,
        phenotyping_center,
        colony_id,
        strain_name,
        life_stage_name,
        procedure_name
    from source

),

renamed as (

    select
        {{ text('biological_sample_group') }} = 'control' as is_control,
        {{ text('gene_accession_id') }} as gene_id,
        {{ text('gene_symbol') }} as gene_symbol,
        {{ text('allele_accession_id') }} as allele_id,
        {{ text('allele_symbol') }} as allele_symbol,
        lower({{ text('zygosity') }}) as zygosity,
        {{ text('phenotyping_center') }} as centre,
        {{ text('colony_id') }} as colony_id,
        {{ text('strain_name') }} as strain,
        {{ text('life_stage_name') }} as life_stage,
        {{ text('procedure_name') }} as procedure_name
    from distinct_cells

)

select * from renamed
