with source as (

    select * from {{ source('raw', 'procedure_completeness') }}

),

renamed as (

    select
        source_row,
        {{ text('gene_accession_id') }} as gene_id,
        {{ text('gene_symbol') }} as gene_symbol,
        {{ text('allele_accession_id') }} as allele_id,
        {{ text('allele_symbol') }} as allele_symbol,
        lower({{ text('zygosity') }}) as zygosity,
        {{ text('phenotyping_center') }} as centre,
        {{ text('colony_id') }} as colony_id,
        {{ text('background_strain_name') }} as strain,
        {{ text('life_stage') }} as life_stage,
        {{ texts('procedure_stable_id_successful', '|') }} as procedure_ids,
        {{ texts('procedure_name_successful', '|') }} as procedure_names,
        {{ texts('parameter_stable_id_successful', '|') }} as parameter_ids
    from source

)

select * from renamed
