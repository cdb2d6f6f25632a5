with gene_terms as (

    select * from {{ ref('int_gene_terms_joined') }}

),

named as (

    select
        gene_terms.gene_id,
        gene_terms.mp_term_id,
        terms.mp_term_name,
        gene_terms.status,
        gene_terms.is_direct,
        gene_terms.direction,
        gene_terms.zygosity,
        gene_terms.p_value,
        gene_terms.evidence,
        gene_terms.tested_evidence,
        gene_terms.mutant_count,
        gene_terms.control_count,
        gene_terms.analysis_count,
        releases.first_release,
        releases.last_release,
        '{{ var("release") }}' as release
    from gene_terms
    inner join {{ ref('stg_mp__terms') }} as terms on gene_terms.mp_term_id = terms.mp_term_id
    left join {{ ref('int_call_releases_counted') }} as releases
        on gene_terms.gene_id = releases.gene_id and gene_terms.mp_term_id = releases.mp_term_id

)

select * from named
