with specimens as (

    select
        specimen_key,
        md5(specimen_id) as animal_id
    from {{ ref('int_specimens_listed') }}
    where is_control

),

-- The smallest hashes are a sample that no order of rows and no number of threads changes.
sampled as (

    select distinct animal_id
    from specimens
    order by animal_id
    limit {{ var('correlation_controls') }}

),

chosen as (

    select specimens.*
    from specimens
    semi join sampled on specimens.animal_id = sampled.animal_id

),

scaled as (

    select * from {{ ref('int_measurements_scaled') }}

),

animals as (

    select
        chosen.animal_id,
        scaled.trait_id,
        sum({{ deviation('scaled.z', 100) }})::double / 1e6 / count(*) as z
    from scaled
    inner join chosen on scaled.specimen_key = chosen.specimen_key
    group by chosen.animal_id, scaled.trait_id

)

select * from animals
