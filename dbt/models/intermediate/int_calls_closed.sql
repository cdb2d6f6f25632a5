with calls as (

    select *
    from {{ ref('int_calls_resolved') }}
    where outcome = 'call'

),

terms as (

    select * from {{ ref('stg_mp__terms') }}

),

closure as (

    select * from {{ ref('int_terms_closed') }}

),

direct as (

    select
        gene_id,
        mp_term_id,
        evidence,
        min(p_value) as p_value,
        arg_min(zygosity, (coalesce(p_value, 2), coalesce(zygosity, '~'))) as zygosity,
        case when bool_and(effect_size > 0) then 'increased' when bool_and(effect_size < 0) then 'decreased' end as sign
    from calls
    group by gene_id, mp_term_id, evidence

),

closed as (

    select
        direct.gene_id,
        closure.ancestor_id as mp_term_id,
        direct.evidence,
        min(direct.p_value) as p_value,
        arg_min(direct.zygosity, (coalesce(direct.p_value, 2), coalesce(direct.zygosity, '~'))) as zygosity,
        bool_or(direct.mp_term_id = closure.ancestor_id) as is_direct,
        min(direct.sign) filter (where direct.mp_term_id = closure.ancestor_id) as sign
    from direct
    inner join closure on direct.mp_term_id = closure.mp_term_id
    group by direct.gene_id, closure.ancestor_id, direct.evidence

),

-- The name of a term says its direction; where it does not, the effects of the direct calls do, if they agree.
directed as (

    select
        closed.gene_id,
        closed.mp_term_id,
        closed.evidence,
        closed.p_value,
        closed.zygosity,
        closed.is_direct,
        coalesce(
            nullif(regexp_extract(terms.mp_term_name, '^(increased|decreased) ', 1), ''), closed.sign, 'abnormal'
        ) as direction
    from closed
    inner join terms on closed.mp_term_id = terms.mp_term_id

)

select * from directed
