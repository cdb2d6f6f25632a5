with official as (

    select
        gene_id,
        min(mouse_symbol) as symbol
    from {{ ref('stg_mgi__orthologues') }}
    where gene_id is not null
    group by gene_id

),

seen as (

    select * from {{ ref('int_genes_seen') }}

),

-- A gene that a release lists under two symbols is one gene: MGI's symbol names it, else the first in the alphabet.
listed as (

    select
        coalesce(official.gene_id, seen.gene_id) as gene_id,
        coalesce(official.symbol, seen.gene_symbols[1]) as symbol,
        seen.gene_id is not null as is_tested,
        coalesce(seen.centres, []) as centres
    from official
    full join seen on official.gene_id = seen.gene_id

)

select * from listed
