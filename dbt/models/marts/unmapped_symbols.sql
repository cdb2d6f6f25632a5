with human as (

    select
        source,
        outcome
    from {{ ref('int_human_symbols_mapped') }}

),

mouse as (

    select
        source,
        outcome
    from {{ ref('int_mouse_symbols_mapped') }}

),

symbols as (

    select * from human
    union all
    select * from mouse

),

counted as (

    select
        source,
        outcome as reason,
        count(*)::integer as symbol_count,
        '{{ var("release") }}' as release
    from symbols
    where outcome <> 'mapped'
    group by source, outcome

)

select * from counted
