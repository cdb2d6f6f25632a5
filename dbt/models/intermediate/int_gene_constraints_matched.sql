with pairs as (

    select * from {{ ref('int_orthologues_paired') }}

),

constraints as (

    select * from {{ ref('stg_constraint__genes') }}

),

matched as (

    select
        constraints.loeuf,
        constraints.lof_oe,
        constraints.lof_oe_lower,
        constraints.missense_oe,
        constraints.missense_oe_lower,
        constraints.shet,
        constraints.shet_rgcme,
        constraints.depmap_effect,
        constraints.h1_mef_bayes_factor,
        constraints.h1_laminin_bayes_factor,
        constraints.source_row,
        coalesce(constraints.gene_id, pairs.gene_id) as gene_id,
        constraints.gene_id is null as is_by_symbol
    from constraints
    left join pairs on constraints.human_symbol = pairs.human_symbol
    where coalesce(constraints.gene_id, pairs.gene_id) is not null
    qualify row_number() over (
        partition by coalesce(constraints.gene_id, pairs.gene_id)
        order by constraints.gene_id is null, constraints.source_row
    ) = 1

)

select * from matched
