with listed as (

    select * from {{ ref('int_calls_listed') }}

),

ids as (

    select * from {{ ref('int_term_ids_matched') }}

),

names as (

    select * from {{ ref('int_term_names_matched') }}

),

resolved as (

    select
        listed.call_id,
        listed.gene_id,
        listed.term_id,
        listed.term_name,
        listed.zygosity,
        listed.p_value,
        listed.evidence,
        listed.effect_size,
        coalesce(ids.mp_term_id, names.mp_term_id) as mp_term_id,
        case
            when listed.term_id like 'MPATH:%' or listed.term_name like '% - MPATH %' then 'pathology'
            when coalesce(ids.mp_term_id, names.mp_term_id) is not null then 'call'
            when listed.term_id is null and listed.term_name is null then 'no term given'
            when names.kind = 'synonym of several' then 'name is an exact synonym of several terms'
            when listed.term_id is not null then 'term id is not in the ontology'
            else 'name is not in the ontology'
        end as outcome
    from listed
    left join ids on listed.term_id = ids.term_id
    left join names on lower(regexp_replace(listed.term_name, '^obsolete ', '')) = names.name_key

)

select * from resolved
