with terms as (

    select *
    from {{ ref('stg_mp__terms') }}
    where mp_term_id like 'MP:%'

),

-- An obsolete term answers to its old name only where no living term bears it.
matched as (

    select
        mp_term_id,
        is_obsolete,
        lower(regexp_replace(mp_term_name, '^obsolete ', '')) as name_key
    from terms
    where mp_term_name is not null
    qualify row_number() over (
        partition by lower(regexp_replace(mp_term_name, '^obsolete ', '')) order by is_obsolete, mp_term_id
    ) = 1

)

select * from matched
