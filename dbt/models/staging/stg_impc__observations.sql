with source as (

    select * from {{ source('raw', 'observations') }}

),

renamed as (

    select
        source.source_row,
        {{ cell_key() }} as cell_key,
        {{ specimen_key() }} as specimen_key,
        {{ identifier('observation_id') }} as observation_id,
        hash(source.observation_id) as id_hash,
        {{ identifier('specimen_id') }} as specimen_id,
        {{ text('biological_sample_group') }} = 'control' as is_control,
        {{ text('gene_accession_id') }} as gene_id,
        {{ text('gene_symbol') }} as gene_symbol,
        {{ text('allele_accession_id') }} as allele_id,
        {{ text('allele_symbol') }} as allele_symbol,
        lower({{ text('zygosity') }}) as zygosity,
        {{ text('phenotyping_center') }} as centre,
        {{ text('colony_id') }} as colony_id,
        lower({{ text('sex') }}) as sex,
        {{ text('strain_name') }} as strain,
        {{ text('life_stage_name') }} as life_stage,
        coalesce({{ text('pipeline_stable_id') }}, 'unknown') as pipeline_id,
        {{ text('procedure_stable_id') }} as procedure_id,
        {{ text('procedure_name') }} as procedure_name,
        {{ text('parameter_stable_id') }} as parameter_id,
        {{ text('parameter_name') }} as parameter_name,
        {{ text('observation_type') }} as observation_type,
        {{ text('metadata_group') }} as metadata_group,
        {{ text('metadata') }} as metadata,
        {{ number('data_point') }} as data_point,
        {{ category('category') }} as category,
        coalesce({{ number('discrete_point') }}, {{ number('time_point') }}) as time_point,
        try_cast(source.date_of_experiment as timestamp)::date as experiment_on,
        try_cast({{ number('age_in_days') }} as integer) as age_days,
        {{ number('weight') }} as weight_grams
    from source

)

select * from renamed
