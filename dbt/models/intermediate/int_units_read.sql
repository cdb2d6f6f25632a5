with readings as (

    select * from {{ ref('unit_readings') }}

),

units as (

    select
        trait_id,
        {{ folded_unit('unit') }} as folded_unit,
        min(unit) as unit,
        max(factor) filter (where is_default) as factor,
        count(*) as reading_count
    from readings
    group by trait_id, {{ folded_unit('unit') }}

)

select * from units
