with centres as (

    select * from {{ ref('int_trait_centres_counted') }}

),

counted as (

    select
        trait_id,
        count(*) filter (where is_submitted) as centre_count,
        sum(control_count + mutant_count)::bigint as animal_count
    from centres
    group by trait_id

)

select * from counted
