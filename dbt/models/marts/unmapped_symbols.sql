with human as (

    select
        source,
        outcome
    from {{ ref('int_human_symbols_mapped') }}

),

mouse as (

    select
        source,
        outcome
    from {{ ref('int_mouse_symbols_mapped') }}

),

annotated as (

    select distinct
        go.gene_id,
        'go' as source,
        'no gene of the universe has this id' as outcome
    from {{ ref('stg_go__annotations') }} as go
    left join {{ ref('int_genes_listed') }} as genes on go.gene_id = genes.gene_id
    where go.gene_id is not null and genes.gene_id is null

),

symbols as (

    select * from human
    union all
    select * from mouse
    union all
    select
        source,
        outcome
    from annotated

),

counted as (

    select
        source,
        outcome as reason,
        count(*)::integer as symbol_count,
        '{{ var("release") }}' as release
    from symbols
    where outcome <> 'mapped'
    group by source, outcome

)

select * from counted
