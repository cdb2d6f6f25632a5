with calls as (

    select * from {{ ref('int_viability_resolved') }}

),

bins as (

    select * from {{ ref('int_fusil_bins_resolved') }}

),

dated as (

    select
        calls.gene_id,
        calls.outcome,
        case
            when {{ release_key("'" ~ var('release') ~ "'") }} < (20, 0) then 'before 20.0'
            else 'from 20.0'
        end as rule_era,
        bins.fusil_bin,
        bins.fusil_source,
        calls.line_count::integer as line_count,
        calls.centres,
        '{{ var("release") }}' as release
    from calls
    left join bins on calls.gene_id = bins.gene_id

)

select * from dated
