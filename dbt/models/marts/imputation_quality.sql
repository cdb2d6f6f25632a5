with judged as (

    select * from {{ ref('int_imputations_judged') }}

),

told as (

    select
        trait_id,
        held_out_count::integer as held_out_count,
        r2,
        zero_r2,
        mean_r2,
        is_better,
        '{{ var("release") }}' as release
    from judged

)

select * from told
