with results as (

    select * from {{ ref('stg_impc__statistical_results') }}

),

-- The document version differs between copies of one result, so it does not count.
deduplicated as (

    select
        gene_id,
        gene_symbol,
        allele_id,
        allele_symbol,
        zygosity,
        centre,
        colony_id,
        sex,
        strain,
        life_stage,
        metadata_group,
        pipeline_id,
        procedure_id,
        procedure_name,
        parameter_id,
        parameter_name,
        data_type,
        status,
        method,
        mp_term_id,
        classification_tag,
        additional_information,
        p_value,
        effect_size,
        genotype_p_value,
        genotype_estimate,
        genotype_standard_error,
        female_p_value,
        male_p_value,
        female_estimate,
        male_estimate,
        female_mutant_count,
        male_mutant_count,
        female_control_count,
        male_control_count,
        window_bandwidth,
        window_shape,
        window_min_obs_required,
        window_total_obs_or_weight,
        min(source_row) as source_row,
        count(*) as copy_count
    from results
    group by all

)

select * from deduplicated
