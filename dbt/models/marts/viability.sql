with calls as (

    select * from {{ ref('int_viability_resolved') }}

),

dated as (

    select
        gene_id,
        outcome,
        case
            when {{ release_key("'" ~ var('release') ~ "'") }} < (20, 0) then 'before 20.0'
            else 'from 20.0'
        end as rule_era,
        line_count::integer as line_count,
        centres,
        '{{ var("release") }}' as release
    from calls

)

select * from dated
