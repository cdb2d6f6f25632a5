with phenotyped as (

    select
        gene_id,
        release
    from {{ ref('stg_lake__earlier_genes') }}
    union
    select
        gene_id,
        '{{ var("release") }}' as release
    from {{ ref('int_genes_seen') }}

),

counted as (

    select
        gene_id,
        arg_min(release, {{ release_key('release') }}) as first_release,
        arg_max(release, {{ release_key('release') }}) as last_release
    from phenotyped
    group by gene_id

)

select * from counted
