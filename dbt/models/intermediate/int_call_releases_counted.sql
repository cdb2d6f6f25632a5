with called as (

    select
        gene_id,
        mp_term_id,
        release
    from {{ ref('stg_lake__earlier_calls') }}
    union
    select
        gene_id,
        mp_term_id,
        '{{ var("release") }}' as release
    from {{ ref('int_calls_closed') }}

),

counted as (

    select
        gene_id,
        mp_term_id,
        arg_min(release, {{ release_key('release') }}) as first_release,
        arg_max(release, {{ release_key('release') }}) as last_release
    from called
    group by gene_id, mp_term_id

)

select * from counted
