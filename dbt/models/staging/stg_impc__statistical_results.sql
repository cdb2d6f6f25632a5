with source as (

    select * from {{ source('raw', 'statistical_results') }}

),

renamed as (

    select
        source_row,
        {{ text('_version_') }} as document_version,
        {{ text('marker_accession_id') }} as gene_id,
        {{ text('marker_symbol') }} as gene_symbol,
        {{ text('allele_accession_id') }} as allele_id,
        {{ text('allele_symbol') }} as allele_symbol,
        lower({{ text('zygosity') }}) as zygosity,
        {{ text('phenotyping_center') }} as centre,
        {{ text('colony_id') }} as colony_id,
        lower({{ text('sex') }}) as sex,
        {{ text('strain_name') }} as strain,
        {{ text('life_stage_name') }} as life_stage,
        {{ text('metadata_group') }} as metadata_group,
        coalesce({{ text('pipeline_stable_id') }}, 'unknown') as pipeline_id,
        {{ text('procedure_stable_id') }} as procedure_id,
        {{ text('procedure_name') }} as procedure_name,
        {{ text('parameter_stable_id') }} as parameter_id,
        {{ text('parameter_name') }} as parameter_name,
        {{ text('data_type') }} as data_type,
        lower({{ text('status') }}) as status,
        {{ text('statistical_method') }} as method,
        {{ text('mp_term_id') }} as mp_term_id,
        {{ text('classification_tag') }} as classification_tag,
        {{ text('additional_information') }} as additional_information,
        {{ number('p_value') }} as p_value,
        {{ number('effect_size') }} as effect_size,
        {{ number('genotype_effect_p_value') }} as genotype_p_value,
        {{ number('genotype_effect_parameter_estimate') }} as genotype_estimate,
        {{ number('genotype_effect_stderr_estimate') }} as genotype_standard_error,
        {{ number('female_ko_effect_p_value') }} as female_p_value,
        {{ number('male_ko_effect_p_value') }} as male_p_value,
        {{ number('female_ko_parameter_estimate') }} as female_estimate,
        {{ number('male_ko_parameter_estimate') }} as male_estimate,
        {{ number('soft_windowing_bandwidth') }} as window_bandwidth,
        {{ number('soft_windowing_shape') }} as window_shape,
        {{ number('soft_windowing_min_obs_required') }} as window_min_obs_required,
        {{ number('soft_windowing_total_obs_or_weight') }} as window_total_obs_or_weight,
        try_cast({{ number('female_mutant_count') }} as integer) as female_mutant_count,
        try_cast({{ number('male_mutant_count') }} as integer) as male_mutant_count,
        try_cast({{ number('female_control_count') }} as integer) as female_control_count,
        try_cast({{ number('male_control_count') }} as integer) as male_control_count
    from source

)

select * from renamed
