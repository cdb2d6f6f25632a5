{{ config(materialized='view') }}

with calls as (

    select * from {{ ref('int_calls_closed') }}

),

tests as (

    select * from {{ ref('int_terms_tested') }}

),

called as (

    select
        calls.gene_id,
        calls.mp_term_id,
        'called' as status,
        calls.is_direct,
        calls.direction,
        calls.zygosity,
        calls.p_value,
        calls.evidence,
        tests.tested_evidence,
        tests.mutant_count,
        tests.control_count,
        tests.analysis_count
    from calls
    left join tests on calls.gene_id = tests.gene_id and calls.mp_term_id = tests.mp_term_id

),

-- A release has one source of calls, so what is not called is not called by that source.
source_of_calls as (

    select min(evidence) as evidence from calls

),

not_called as (

    select
        tests.gene_id,
        tests.mp_term_id,
        'tested' as status,
        false as is_direct,
        null as direction,
        null as zygosity,
        null::double as p_value,
        source_of_calls.evidence,
        tests.tested_evidence,
        tests.mutant_count,
        tests.control_count,
        tests.analysis_count
    from tests
    cross join source_of_calls
    anti join calls on tests.gene_id = calls.gene_id and tests.mp_term_id = calls.mp_term_id

),

both_statuses as (

    select * from called
    union all
    select * from not_called

)

select * from both_statuses
