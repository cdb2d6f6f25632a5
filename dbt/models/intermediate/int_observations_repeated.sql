with observations as (

    select * from {{ ref('stg_impc__observations') }}

),

-- Eight bytes an id instead of its text: most releases repeat none, and then this is all there is to do.
suspects as (

    select id_hash
    from observations
    group by id_hash
    having count(*) > 1

),

repeated as (

    select observations.source_row
    from observations
    semi join suspects on observations.id_hash = suspects.id_hash
    where observations.observation_id is not null
    qualify row_number() over (partition by observations.observation_id order by observations.source_row) > 1

)

select * from repeated
