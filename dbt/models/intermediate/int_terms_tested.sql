with analyses as (

    select * from {{ ref('int_analyses_done') }}

),

parameter_terms as (

    select * from {{ ref('int_parameter_terms_closed') }}

),

calls as (

    select * from {{ ref('int_calls_closed') }}

),

hits as (

    select * from {{ ref('stg_impc__gene_hits') }}

),

by_term as (

    select
        analyses.gene_id,
        parameter_terms.mp_term_id,
        'term' as tested_evidence,
        arg_max(analyses.mutant_count, (analyses.effective_count, analyses.mutant_count))
        filter (where analyses.effective_count is not null) as mutant_count,
        arg_max(analyses.control_count, (analyses.effective_count, analyses.mutant_count))
        filter (where analyses.effective_count is not null) as control_count,
        sum(analyses.analysis_count)::integer as analysis_count
    from analyses
    inner join parameter_terms on analyses.parameter_id = parameter_terms.parameter_id
    where exists (select 1 from calls)
    group by analyses.gene_id, parameter_terms.mp_term_id

),

called_terms as (

    select distinct mp_term_id from calls

),

listed_genes as (

    select distinct gene_id
    from hits
    where gene_id is not null and not exists (select 1 from analyses)

),

-- The weaker evidence: the source only says that the gene was phenotyped.
by_gene as (

    select
        listed_genes.gene_id,
        called_terms.mp_term_id,
        'gene' as tested_evidence,
        null::integer as mutant_count,
        null::integer as control_count,
        null::integer as analysis_count
    from listed_genes
    cross join called_terms

),

tested as (

    select * from by_term
    union all
    select * from by_gene

)

select * from tested
