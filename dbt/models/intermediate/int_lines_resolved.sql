with listed as (

    select * from {{ ref('int_lines_listed') }}

),

symbols as (

    select * from {{ ref('int_symbols_resolved') }}

),

lines as (

    select
        listed.line_id,
        min(coalesce(listed.gene_id, symbols.gene_id)) as gene_id,
        min(listed.gene_symbol) as gene_symbol,
        min(listed.allele_id) as allele_id,
        min(listed.allele_symbol) as allele_symbol,
        min(listed.zygosity) as zygosity,
        min(listed.centre) as centre,
        min(listed.colony_id) as colony_id,
        min(listed.strain) as strain,
        list(distinct listed.life_stage order by listed.life_stage)
        filter (where listed.life_stage is not null) as life_stages,
        list(distinct listed.procedure_name order by listed.procedure_name)
        filter (where listed.procedure_name is not null) as procedures
    from listed
    left join symbols on lower(listed.gene_symbol) = symbols.symbol_key
    where coalesce(listed.allele_symbol, listed.allele_id) is not null
    group by listed.line_id

)

select * from lines
