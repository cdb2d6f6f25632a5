with symbols as (

    select
        symbol_a as mouse_symbol,
        'string' as source
    from {{ ref('stg_string__interactions') }}
    union
    select
        symbol_b as mouse_symbol,
        'string' as source
    from {{ ref('stg_string__interactions') }}
    union
    select
        mouse_symbol,
        'expression atlas' as source
    from {{ ref('stg_atlas__expressions') }}

),

known as (

    select * from {{ ref('int_symbols_resolved') }}

),

mapped as (

    select
        symbols.source,
        symbols.mouse_symbol,
        known.gene_id,
        case
            when known.gene_id is not null then 'mapped'
            else 'no mouse gene of the universe has this symbol'
        end as outcome
    from symbols
    left join known on lower(symbols.mouse_symbol) = known.symbol_key
    where symbols.mouse_symbol is not null

)

select * from mapped
