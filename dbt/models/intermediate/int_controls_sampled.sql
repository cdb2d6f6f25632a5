with controls as (

    select
        trait_id,
        z,
        md5(concat_ws('|', centre, specimen_id)) as animal_id
    from {{ ref('int_specimens_scaled') }}
    where is_control

),

-- The smallest hashes are a sample that no order of rows and no number of threads changes.
sampled as (

    select distinct animal_id
    from controls
    order by animal_id
    limit {{ var('correlation_controls') }}

),

animals as (

    select
        controls.animal_id,
        controls.trait_id,
        sum(controls.z)::double / count(*) as z
    from controls
    inner join sampled on controls.animal_id = sampled.animal_id
    group by controls.animal_id, controls.trait_id

)

select * from animals
