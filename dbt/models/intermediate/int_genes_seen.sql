with seen as (

    select
        gene_id,
        gene_symbol,
        centre,
        'assertions' as source
    from {{ ref('stg_impc__assertions') }}
    union all
    select
        gene_id,
        gene_symbol,
        centre,
        'statistical_results' as source
    from {{ ref('stg_impc__statistical_results') }}
    union all
    select
        gene_id,
        gene_symbol,
        centre,
        'viability' as source
    from {{ ref('stg_impc__viability_calls') }}
    union all
    select
        gene_id,
        gene_symbol,
        null as centre,
        'phenotype_hits_per_gene' as source
    from {{ ref('stg_impc__gene_hits') }}
    union all
    select
        gene_id,
        gene_symbol,
        centre,
        'procedure_completeness' as source
    from {{ ref('stg_impc__completed_lines') }}
    union all
    select
        gene_id,
        gene_symbol,
        centre,
        'observations' as source
    from {{ ref('stg_impc__colonies') }}
    where not is_control

),

genes as (

    select
        gene_id,
        list(distinct gene_symbol order by gene_symbol) filter (where gene_symbol is not null) as gene_symbols,
        list(distinct centre order by centre) filter (where centre is not null) as centres,
        list(distinct source order by source) as sources
    from seen
    where gene_id is not null
    group by gene_id

)

select * from genes
