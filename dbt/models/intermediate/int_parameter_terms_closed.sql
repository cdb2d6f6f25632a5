with choices as (

    select * from {{ ref('stg_impress__mp_choices') }}

),

closure as (

    select * from {{ ref('int_terms_closed') }}

),

-- A parameter gives the same terms in every pipeline but for 12 of 9,240; old results lack it: it is not asked.
closed as (

    select distinct
        choices.parameter_id,
        closure.ancestor_id as mp_term_id
    from choices
    inner join closure on choices.mp_term_id = closure.mp_term_id

)

select * from closed
where parameter_id is not null
