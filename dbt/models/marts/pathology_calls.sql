with calls as (

    select * from {{ ref('int_calls_resolved') }}

),

pathology as (

    select
        gene_id,
        coalesce(term_name, term_id) as term_name,
        min(term_id) as term_id,
        min(evidence) as evidence,
        '{{ var("release") }}' as release
    from calls
    where outcome = 'pathology'
    group by gene_id, coalesce(term_name, term_id)

)

select * from pathology
