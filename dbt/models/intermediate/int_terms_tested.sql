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

    select distinct
        analyses.gene_id,
        parameter_terms.mp_term_id,
        'term' as tested_evidence
    from analyses
    inner join parameter_terms on analyses.parameter_id = parameter_terms.parameter_id
    where exists (select 1 from calls)

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
        'gene' as tested_evidence
    from listed_genes
    cross join called_terms

),

tested as (

    select * from by_term
    union all
    select * from by_gene

)

select * from tested
