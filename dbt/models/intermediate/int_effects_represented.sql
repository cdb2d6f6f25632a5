{{ config(materialized='view') }}

with effects as (

    select * from {{ ref('int_effects_averaged') }}

),

groups as (

    select * from {{ ref('int_traits_grouped') }}
    where is_representative

),

represented as (

    select
        effects.line_id,
        effects.trait_id,
        effects.effect_size
    from effects
    semi join groups on effects.trait_id = groups.trait_id

)

select * from represented
