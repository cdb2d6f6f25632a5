with source as (

    select * from {{ source('raw', 'lacz_expression') }}

),

renamed as (

    select
        source_row,
        {{ text('gene_accession_id') }} as gene_id,
        {{ text('gene_symbol') }} as gene_symbol,
        {{ text('allele_accession_id') }} as allele_id,
        {{ text('allele_symbol') }} as allele_symbol,
        lower({{ text('zygosity') }}) as zygosity,
        lower({{ text('sex') }}) as sex,
        {{ text('phenotyping_center') }} as centre,
        {{ text('colony_id') }} as colony_id,
        {{ text('external_sample_id') }} as specimen_id,
        {{ text('name') }} as anatomy,
        lower({{ text('value') }}) as staining
    from source

)

select * from renamed
