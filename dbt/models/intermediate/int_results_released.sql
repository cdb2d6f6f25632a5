with results as (

    select
        *,
        {{ line_id() }} as line_id
    from {{ ref('int_results_deduplicated') }}
    where status = 'successful' and parameter_id is not null

),

parameters as (

    select * from {{ ref('int_parameters_harmonised') }}

),

by_trait as (

    select
        results.*,
        parameters.trait_id
    from results
    inner join parameters
        on results.pipeline_id = parameters.pipeline_id and results.parameter_id = parameters.parameter_id
    where coalesce(results.allele_symbol, results.allele_id) is not null

),

combined as (

    select
        *,
        coalesce(effect_size, genotype_estimate / nullif(genotype_standard_error, 0)) as combined_effect_size
    from by_trait

),

-- Sex-specific p-values count for their sex; where a result has none, the p-value of both sexes stands for each.
-- An effect of both sexes stands for neither; a sex's own estimate is scaled as the estimate of both is.
by_sex as (

    select
        combined.*,
        sexes.name as result_sex,
        case sexes.name
            when 'female' then coalesce(combined.female_p_value, combined.p_value, combined.genotype_p_value)
            when 'male' then coalesce(combined.male_p_value, combined.p_value, combined.genotype_p_value)
            else coalesce(combined.p_value, combined.genotype_p_value)
        end as released_p_value,
        case
            when sexes.name = 'both' or combined.sex = sexes.name then combined.combined_effect_size
            else
                case sexes.name when 'female' then combined.female_estimate else combined.male_estimate end
                * abs(combined.combined_effect_size / nullif(combined.genotype_estimate, 0))
        end as released_effect_size
    from combined
    cross join (values ('female'), ('male'), ('both')) as sexes (name)
    where combined.sex not in ('female', 'male') or combined.sex is null or combined.sex = sexes.name

),

-- Of several results of a line, trait and sex the most significant one speaks.
chosen as (

    select
        line_id,
        trait_id,
        result_sex as sex,
        released_p_value,
        released_effect_size,
        method as released_method,
        classification_tag as released_classification_tag,
        window_bandwidth,
        window_shape,
        window_min_obs_required,
        window_total_obs_or_weight,
        case when result_sex <> 'male' then coalesce(female_mutant_count, 0) else 0 end
        + case when result_sex <> 'female' then coalesce(male_mutant_count, 0) else 0 end as mutant_count,
        case when result_sex <> 'male' then coalesce(female_control_count, 0) else 0 end
        + case when result_sex <> 'female' then coalesce(male_control_count, 0) else 0 end as control_count
    from by_sex
    qualify row_number() over (
        partition by line_id, trait_id, result_sex order by released_p_value nulls last, source_row
    ) = 1

),

-- The summary of a line and trait is the result of both sexes, or of the only sex there is.
summarised as (

    select
        *,
        sex = 'both' or not bool_or(sex = 'both') over (partition by line_id, trait_id) as is_summary
    from chosen

)

select * from summarised
