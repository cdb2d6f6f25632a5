with calls as (

    select
        *,
        case
            when outcome like '%subviable%' or outcome like '%reduced life span%' then 'subviable'
            when outcome like '%lethal%' then 'lethal'
            when outcome like '%viable%' then 'viable'
        end as verdict
    from {{ ref('stg_impc__viability_calls') }}

),

resolved as (

    select
        gene_id,
        case
            when count(distinct verdict) > 1 then 'conflicting'
            when bool_or(lower(coalesce(comment_text, '')) = 'conflicting data') then 'conflicting'
            else min(verdict)
        end as outcome,
        count(distinct coalesce(colony_id, allele_symbol, 'unknown')) as line_count,
        coalesce(list(distinct centre order by centre) filter (where centre is not null), []) as centres
    from calls
    where gene_id is not null and verdict is not null
    group by gene_id

)

select * from resolved
