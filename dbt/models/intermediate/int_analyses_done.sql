with results as (

    select
        *,
        coalesce(female_mutant_count + male_mutant_count, female_mutant_count, male_mutant_count) as mutant_count,
        coalesce(female_control_count + male_control_count, female_control_count, male_control_count) as control_count
    from {{ ref('int_results_deduplicated') }}

),

completed as (

    select * from {{ ref('stg_impc__completed_lines') }}

),

completed_parameters as (

    select
        gene_id,
        unnest(parameter_ids) as parameter_id
    from completed

),

-- Half the harmonic mean of both groups is what decides whether a difference of means is seen.
successful as (

    select
        gene_id,
        parameter_id,
        mutant_count,
        control_count,
        mutant_count * control_count / nullif(mutant_count + control_count, 0) as effective_count,
        1 as analysis_count
    from results
    where status = 'successful'

),

done as (

    select * from successful
    union all
    select
        gene_id,
        parameter_id,
        null as mutant_count,
        null as control_count,
        null as effective_count,
        0 as analysis_count
    from completed_parameters

),

best_powered as (

    select
        gene_id,
        parameter_id,
        arg_max(mutant_count, (effective_count, mutant_count))
        filter (where effective_count is not null) as mutant_count,
        arg_max(control_count, (effective_count, mutant_count))
        filter (where effective_count is not null) as control_count,
        max(effective_count) as effective_count,
        sum(analysis_count)::integer as analysis_count
    from done
    where gene_id is not null and parameter_id is not null
    group by gene_id, parameter_id

)

select * from best_powered
