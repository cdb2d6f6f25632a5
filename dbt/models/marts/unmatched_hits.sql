with calls as (

    select * from {{ ref('int_calls_resolved') }}

),

unmatched as (

    select
        gene_id,
        coalesce(term_name, term_id, 'none') as term_name,
        min(outcome) as reason,
        min(term_id) as term_id,
        min(evidence) as evidence,
        '{{ var("release") }}' as release
    from calls
    where outcome not in ('call', 'pathology')
    group by gene_id, coalesce(term_name, term_id, 'none')

)

select * from unmatched
