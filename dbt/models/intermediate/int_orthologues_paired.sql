with orthologues as (

    select * from {{ ref('stg_mgi__orthologues') }}

),

pairs as (

    select distinct
        human_symbol,
        gene_id
    from orthologues
    where human_symbol is not null and gene_id is not null

),

counted as (

    select
        human_symbol,
        gene_id,
        count(*) over (partition by human_symbol) as mouse_gene_count,
        count(*) over (partition by gene_id) as human_symbol_count
    from pairs

),

paired as (

    select
        human_symbol,
        gene_id
    from counted
    where mouse_gene_count = 1 and human_symbol_count = 1

)

select * from paired
