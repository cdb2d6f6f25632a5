with specimens as (

    select * from {{ ref('stg_impc__specimens') }}
    where is_control is not null and specimen_id is not null

),

symbols as (

    select * from {{ ref('int_symbols_resolved') }}

),

named as (

    select
        specimens.specimen_key,
        specimens.specimen_id,
        specimens.is_control,
        specimens.zygosity,
        specimens.colony_id,
        case
            when not specimens.is_control and coalesce(specimens.allele_symbol, specimens.allele_id) is not null
                then {{ line_id() }}
        end as line_id,
        case when not specimens.is_control then coalesce(specimens.gene_id, symbols.gene_id) end as gene_id
    from specimens
    left join symbols on lower(specimens.gene_symbol) = symbols.symbol_key

)

select * from named
