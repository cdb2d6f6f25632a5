with animals as (

    select distinct
        animals_key,
        is_control,
        allele_symbol,
        allele_id,
        gene_symbol,
        gene_id,
        zygosity,
        centre,
        colony_id
    from {{ ref('stg_impc__colonies') }}
    where is_control is not null

),

symbols as (

    select * from {{ ref('int_symbols_resolved') }}

),

named as (

    select
        animals.animals_key,
        animals.is_control,
        animals.zygosity,
        animals.colony_id,
        case
            when not animals.is_control and coalesce(animals.allele_symbol, animals.allele_id) is not null
                then {{ line_id() }}
        end as line_id,
        case when not animals.is_control then coalesce(animals.gene_id, symbols.gene_id) end as gene_id
    from animals
    left join symbols on lower(animals.gene_symbol) = symbols.symbol_key

)

select * from named
