with source as (

    select * from {{ source('raw', 'viability') }}

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
        try_cast({{ number('total_pups') }} as integer) as pup_count,
        {{ number('percentage_homs_hems') }} as homozygote_percentage,
        lower({{ text('viability_phenotype') }}) as outcome,
        lower({{ text('viability_call_method') }}) as method,
        {{ text('comment') }} as comment_text
    from source

)

select * from renamed
