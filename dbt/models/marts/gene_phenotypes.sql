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
        gene_terms.first_release,
        gene_terms.last_release,
        '{{ var("release") }}' as release
    from gene_terms
    inner join {{ ref('stg_mp__terms') }} as terms on gene_terms.mp_term_id = terms.mp_term_id

)

select * from named
