with human as (

    select *
    from {{ ref('int_human_symbols_mapped') }}
    where outcome = 'mapped'

),

mouse as (

    select *
    from {{ ref('int_mouse_symbols_mapped') }}
    where outcome = 'mapped'

),

go as (

    select
        human.gene_id,
        annotations.node_id as go_id
    from {{ ref('stg_go__annotations') }} as annotations
    inner join human on annotations.human_symbol = human.human_symbol and human.source = 'go'
    union
    -- ND says that nothing is known, with the root of GO as its term. IMP, IGI, HMP and HGI are read from mutants, so
    -- such a term is often the phenotype that a model is asked for.
    select
        genes.gene_id,
        annotations.node_id as go_id
    from {{ ref('stg_go__annotations') }} as annotations
    inner join {{ ref('int_genes_listed') }} as genes on annotations.gene_id = genes.gene_id
    where
        not annotations.is_negated
        and (annotations.evidence is null or annotations.evidence not in ('ND', 'IMP', 'IGI', 'HMP', 'HGI'))

),

listed as (

    -- Without the ontology, and for ids that it does not know, the annotation stands as it is.
    select
        go.gene_id,
        coalesce(closed.node_id, go.go_id) as node_id,
        'go' as node_kind,
        coalesce(closed.node_name, go.go_id) as node_name,
        'go' as source,
        case when coalesce(closed.is_direct, true) then 1.0 else 0.5 end::double as weight
    from go
    left join {{ ref('int_go_terms_closed') }} as closed on go.go_id = closed.go_id
    union
    select
        human.gene_id,
        members.node_id,
        'reactome' as node_kind,
        coalesce(members.node_name, members.node_id) as node_name,
        'reactome' as source,
        1.0::double as weight
    from {{ ref('int_pathway_members_listed') }} as members
    inner join human on members.human_symbol = human.human_symbol and human.source = 'reactome'
    union
    select
        human.gene_id,
        phenotypes.node_id,
        phenotypes.node_kind,
        phenotypes.node_name,
        'hpo' as source,
        1.0::double as weight
    from {{ ref('int_human_phenotypes_listed') }} as phenotypes
    inner join human on phenotypes.human_symbol = human.human_symbol and human.source = 'hpo'
    union
    select
        human.gene_id,
        'HPA:' || levels.tissue as node_id,
        'tissue' as node_kind,
        levels.tissue as node_name,
        'hpa' as source,
        levels.protein_level as weight
    from {{ ref('stg_hpa__levels') }} as levels
    inner join human on levels.human_symbol = human.human_symbol and human.source = 'hpa'
    where levels.protein_level > 0
    union
    select
        mouse.gene_id,
        'E-ERAD-401:' || expressions.stage as node_id,
        'stage' as node_kind,
        expressions.stage as node_name,
        'expression atlas' as source,
        expressions.tpm as weight
    from {{ ref('stg_atlas__expressions') }} as expressions
    inner join mouse on expressions.mouse_symbol = mouse.mouse_symbol and mouse.source = 'expression atlas'
    where expressions.tpm > 0
    union
    select
        genes.gene_id,
        families.family_id as node_id,
        'family' as node_kind,
        coalesce(families.family_name, families.family_id) as node_name,
        'panther' as source,
        1.0::double as weight
    from {{ ref('int_gene_families_matched') }} as families
    inner join {{ ref('int_genes_listed') }} as genes on families.gene_id = genes.gene_id

)

select * from listed
