with measured as (

    select
        observation_id,
        source_row,
        hash(observation_id) as id_hash
    from {{ ref('stg_impc__observations') }}
    where {{ is_measurement() }}

),

-- Eight bytes an id instead of its text: most releases repeat none, and then this is all there is to do.
suspects as (

    select id_hash
    from measured
    group by id_hash
    having count(*) > 1

),

repeated as (

    select measured.source_row
    from measured
    semi join suspects on measured.id_hash = suspects.id_hash
    qualify row_number() over (partition by measured.observation_id order by measured.source_row) > 1

)

select * from repeated
