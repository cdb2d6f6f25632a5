with terms as (

    select *
    from {{ ref('stg_mp__terms') }}
    where mp_term_id like 'MP:%'

),

called as (

    select
        mp_term_id,
        count(*) as gene_count
    from {{ ref('int_calls_closed') }}
    group by mp_term_id

),

tested as (

    select
        tests.mp_term_id,
        count(*) as gene_count,
        count(calls.gene_id) as called_too_count
    from {{ ref('int_terms_tested') }} as tests
    left join {{ ref('int_calls_closed') }} as calls
        on tests.gene_id = calls.gene_id and tests.mp_term_id = calls.mp_term_id
    group by tests.mp_term_id

),

counted as (

    select
        terms.mp_term_id,
        terms.mp_term_name,
        terms.parent_ids,
        coalesce(ancestors.ancestor_ids, []) as ancestor_ids,
        coalesce(ancestors.top_level_ids, []) as top_level_ids,
        terms.is_obsolete,
        coalesce(called.gene_count, 0)::integer as called_gene_count,
        (
            coalesce(called.gene_count, 0) + coalesce(tested.gene_count, 0) - coalesce(tested.called_too_count, 0)
        )::integer as tested_gene_count,
        '{{ var("release") }}' as release
    from terms
    left join {{ ref('int_term_ancestors_listed') }} as ancestors on terms.mp_term_id = ancestors.mp_term_id
    left join called on terms.mp_term_id = called.mp_term_id
    left join tested on terms.mp_term_id = tested.mp_term_id

)

select * from counted
