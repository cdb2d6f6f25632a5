with orthologues as (

    select distinct
        human_symbol,
        gene_id
    from {{ ref('stg_mgi__orthologues') }}
    where human_symbol is not null

),

pairs as (

    select * from {{ ref('int_orthologues_paired') }}

),

symbols as (

    select
        symbol_a as human_symbol,
        'biogrid' as source
    from {{ ref('stg_biogrid__interactions') }}
    union
    select
        symbol_b as human_symbol,
        'biogrid' as source
    from {{ ref('stg_biogrid__interactions') }}
    union
    select
        human_symbol,
        'go' as source
    from {{ ref('stg_go__annotations') }}
    union
    select
        human_symbol,
        'reactome' as source
    from {{ ref('int_pathway_members_listed') }}
    union
    select
        human_symbol,
        'hpa' as source
    from {{ ref('stg_hpa__levels') }}
    union
    select
        human_symbol,
        'hpo' as source
    from {{ ref('int_human_phenotypes_listed') }}
    union
    select
        human_symbol,
        'idg' as source
    from {{ ref('stg_idg__targets') }}

),

mapped as (

    select
        symbols.source,
        symbols.human_symbol,
        pairs.gene_id,
        case
            when pairs.gene_id is not null then 'mapped'
            when
                exists (
                    select 1 from orthologues
                    where orthologues.human_symbol = symbols.human_symbol
                )
                then 'the orthologue is not one-to-one'
            else 'no mouse orthologue is known'
        end as outcome
    from symbols
    left join pairs on symbols.human_symbol = pairs.human_symbol
    where symbols.human_symbol is not null

)

select * from mapped
