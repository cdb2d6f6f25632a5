with terms as (

    select *
    from {{ ref('stg_mp__terms') }}
    where mp_term_id like 'MP:%'

),

alternatives as (

    select
        mp_term_id,
        unnest(alternative_ids) as term_id
    from terms

),

-- An obsolete term that names one living successor means it; of several, which one is meant is for a person to say.
own as (

    select
        terms.mp_term_id as term_id,
        coalesce(successors.mp_term_id, terms.mp_term_id) as mp_term_id,
        terms.is_obsolete,
        case
            when successors.mp_term_id is not null then 'replaced'
            when terms.is_obsolete then 'obsolete'
            else 'living'
        end as kind
    from terms
    left join terms as successors
        on
            terms.is_obsolete
            and len(terms.successor_ids) = 1
            and terms.successor_ids[1] = successors.mp_term_id
            and not successors.is_obsolete

),

merged as (

    select
        alternatives.term_id,
        min(alternatives.mp_term_id) as mp_term_id,
        true as is_obsolete,
        'merged' as kind
    from alternatives
    left join terms on alternatives.term_id = terms.mp_term_id
    where terms.mp_term_id is null
    group by alternatives.term_id
    having count(distinct alternatives.mp_term_id) = 1

),

matched as (

    select * from own
    union all
    select * from merged

)

select * from matched
