with string_pairs as (

    select
        a.gene_id as gene_id_1,
        b.gene_id as gene_id_2,
        'string' as source,
        pairs.score
    from {{ ref('stg_string__interactions') }} as pairs
    inner join {{ ref('int_mouse_symbols_mapped') }} as a on pairs.symbol_a = a.mouse_symbol and a.source = 'string'
    inner join {{ ref('int_mouse_symbols_mapped') }} as b on pairs.symbol_b = b.mouse_symbol and b.source = 'string'

),

biogrid_pairs as (

    select
        a.gene_id as gene_id_1,
        b.gene_id as gene_id_2,
        'biogrid' as source,
        null::double as score
    from {{ ref('stg_biogrid__interactions') }} as pairs
    inner join {{ ref('int_human_symbols_mapped') }} as a on pairs.symbol_a = a.human_symbol and a.source = 'biogrid'
    inner join {{ ref('int_human_symbols_mapped') }} as b on pairs.symbol_b = b.human_symbol and b.source = 'biogrid'

),

both_sources as (

    select * from string_pairs
    union all
    select * from biogrid_pairs

),

-- Both files list pairs in either order or both, so the smaller id goes first and the best score stands.
undirected as (

    select
        source,
        least(gene_id_1, gene_id_2) as gene_id_a,
        greatest(gene_id_1, gene_id_2) as gene_id_b,
        max(score) as score
    from both_sources
    where gene_id_1 is not null and gene_id_2 is not null
    group by least(gene_id_1, gene_id_2), greatest(gene_id_1, gene_id_2), source

)

select * from undirected
