with orthologues as (

    select
        human_entrez_id,
        min(human_symbol) as human_symbol
    from {{ ref('stg_mgi__orthologues') }}
    where human_entrez_id is not null
    group by human_entrez_id

),

-- Symbols change and NCBI's numbers do not: the symbol is the one that the orthologues have for the number.
phenotypes as (

    select
        phenotypes.hpo_id,
        phenotypes.hpo_name,
        phenotypes.disease_id,
        coalesce(orthologues.human_symbol, phenotypes.human_symbol) as human_symbol,
        -- HPO's word for 0 %, none of so many patients, or the percentage itself: looked for and not there.
        coalesce(
            phenotypes.frequency = 'HP:0040285' or regexp_full_match(phenotypes.frequency, '0(/\d+|(\.0+)?\s*%)'), false
        ) as is_excluded
    from {{ ref('stg_hpo__phenotypes') }} as phenotypes
    left join orthologues on phenotypes.human_entrez_id = orthologues.human_entrez_id

),

listed as (

    -- How a disease is inherited is said by terms, too, and is no phenotype that genes could share.
    select
        human_symbol,
        hpo_id as node_id,
        'hpo' as node_kind,
        coalesce(min(hpo_name), hpo_id) as node_name
    from phenotypes
    where not is_excluded and not ends_with(lower(coalesce(hpo_name, '')), 'inheritance')
    group by human_symbol, hpo_id
    union all
    select distinct
        human_symbol,
        disease_id as node_id,
        'disease' as node_kind,
        disease_id as node_name
    from phenotypes

),

complete as (

    select * from listed
    where human_symbol is not null and node_id is not null

)

select * from complete
