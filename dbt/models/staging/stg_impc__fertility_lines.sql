with source as (

    select * from {{ source('raw', 'fertility_lines') }}

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
        lower({{ text('sex') }}) as sex,
        lower({{ text('phenotype') }}) as fertility,
        coalesce(lower({{ text('comment') }}) = 'conflicting data', false) as is_conflicting
    from source

)

select * from renamed
