with specimens as (

    select * from {{ ref('int_specimens_scaled') }}

),

-- Distinct centres only: counting distinct animals of every trait would cost more than all else here.
counted as (

    select
        trait_id,
        count(distinct centre) as centre_count,
        count(*) as animal_count
    from specimens
    group by trait_id

)

select * from counted
