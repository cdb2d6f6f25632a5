with official as (

    select distinct
        gene_id,
        mouse_symbol as symbol
    from {{ ref('stg_mgi__orthologues') }}
    where gene_id is not null and mouse_symbol is not null

),

released as (

    select
        gene_id,
        unnest(gene_symbols) as symbol
    from {{ ref('int_genes_seen') }}

),

-- MGI's present symbol of a gene wins: a release keeps symbols that MGI has since given to another gene.
ranked as (

    select
        gene_id,
        symbol,
        1 as preference
    from official
    union all
    select
        gene_id,
        symbol,
        2 as preference
    from released

),

preferred as (

    select
        gene_id,
        lower(symbol) as symbol_key
    from ranked
    qualify preference = min(preference) over (partition by lower(symbol))

),

resolved as (

    select
        symbol_key,
        min(gene_id) as gene_id
    from preferred
    group by symbol_key
    having count(distinct gene_id) = 1

)

select * from resolved
