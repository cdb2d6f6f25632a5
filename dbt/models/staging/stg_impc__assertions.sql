with source as (

    select * from {{ source('raw', 'assertions') }}

),

renamed as (

    select
        source_row,
        {{ text('marker_accession_id') }} as gene_id,
        {{ text('marker_symbol') }} as gene_symbol,
        {{ text('allele_accession_id') }} as allele_id,
        {{ text('allele_symbol') }} as allele_symbol,
        lower({{ text('zygosity') }}) as zygosity,
        {{ text('phenotyping_center') }} as centre,
        {{ text('colony_id') }} as colony_id,
        lower({{ text('sex') }}) as sex,
        {{ text('strain_name') }} as strain,
        coalesce({{ text('pipeline_stable_id') }}, 'unknown') as pipeline_id,
        {{ text('procedure_stable_id') }} as procedure_id,
        {{ text('procedure_name') }} as procedure_name,
        {{ text('parameter_stable_id') }} as parameter_id,
        {{ text('parameter_name') }} as parameter_name,
        {{ text('mp_term_id') }} as mp_term_id,
        {{ text('mp_term_name') }} as mp_term_name,
        {{ texts('top_level_mp_term_id', ',') }} as top_level_ids,
        {{ number('p_value') }} as p_value,
        {{ number('effect_size') }} as effect_size,
        {{ number("replace(percentage_change, '%', '')") }} as percentage_change,
        {{ text('statistical_method') }} as method,
        {{ text('resource_name') }} as resource
    from source

)

select * from renamed
