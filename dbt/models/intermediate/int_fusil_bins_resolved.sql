with pairs as (

    select * from {{ ref('int_orthologues_paired') }}

),

-- The report may name the human gene only.
listed as (

    select
        coalesce(bins.gene_id, pairs.gene_id) as gene_id,
        upper(bins.fusil_bin) as fusil_bin
    from {{ ref('stg_impc__fusil_genes') }} as bins
    left join pairs on bins.human_symbol = pairs.human_symbol

),

reported as (

    select
        gene_id,
        min(fusil_bin) as fusil_bin
    from listed
    where gene_id is not null and fusil_bin in ('CL', 'DL', 'SV', 'VP', 'VN')
    group by gene_id
    having count(distinct fusil_bin) = 1

),

calls as (

    select * from {{ ref('int_viability_resolved') }}

),

constraints as (

    select * from {{ ref('int_gene_constraints_matched') }}

),

-- Cacheiro et al. 2020 (PMC6994715): of the lethal genes, cells need those whose loss hampers human cell lines.
derived as (

    select
        calls.gene_id,
        case
            when calls.outcome = 'lethal' and constraints.depmap_effect <= -0.45 then 'CL'
            when calls.outcome = 'lethal' and constraints.depmap_effect > -0.45 then 'DL'
            when calls.outcome = 'subviable' then 'SV'
            when calls.outcome = 'viable' then 'V'
        end as fusil_bin
    from calls
    left join constraints on calls.gene_id = constraints.gene_id

),

resolved as (

    select
        gene_id,
        fusil_bin,
        'reported' as fusil_source
    from reported
    union all
    select
        gene_id,
        fusil_bin,
        'derived' as fusil_source
    from derived
    where fusil_bin is not null and not exists (select 1 from reported)

)

select * from resolved
