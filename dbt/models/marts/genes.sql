with listed as (

    select * from {{ ref('int_genes_listed') }}

),

line_counts as (

    select
        gene_id,
        count(*) as line_count
    from {{ ref('int_lines_resolved') }}
    group by gene_id

),

hit_counts as (

    select
        gene_id,
        count(*) as hit_count
    from {{ ref('int_calls_closed') }}
    where is_direct
    group by gene_id

),

genes as (

    select
        listed.gene_id,
        listed.symbol,
        pairs.human_symbol,
        pairs.human_symbol is not null as has_one_to_one_orthologue,
        constrained.loeuf,
        constrained.lof_oe,
        constrained.lof_oe_lower,
        constrained.missense_oe,
        constrained.missense_oe_lower,
        constrained.shet,
        constrained.shet_rgcme,
        constrained.depmap_effect,
        constrained.h1_mef_bayes_factor,
        constrained.h1_laminin_bayes_factor,
        targets.target_level,
        targets.target_family,
        targets.novelty,
        families.family_id,
        families.family_name,
        families.subfamily_id,
        listed.is_tested,
        listed.centres,
        coalesce(line_counts.line_count, 0)::integer as line_count,
        coalesce(hit_counts.hit_count, 0)::integer as hit_count,
        releases.first_release,
        releases.last_release,
        '{{ var("release") }}' as release
    from listed
    left join {{ ref('int_orthologues_paired') }} as pairs on listed.gene_id = pairs.gene_id
    left join {{ ref('int_gene_constraints_matched') }} as constrained on listed.gene_id = constrained.gene_id
    left join {{ ref('int_gene_targets_matched') }} as targets on listed.gene_id = targets.gene_id
    left join {{ ref('int_gene_families_matched') }} as families on listed.gene_id = families.gene_id
    left join {{ ref('int_gene_releases_counted') }} as releases on listed.gene_id = releases.gene_id
    left join line_counts on listed.gene_id = line_counts.gene_id
    left join hit_counts on listed.gene_id = hit_counts.gene_id

)

select * from genes
