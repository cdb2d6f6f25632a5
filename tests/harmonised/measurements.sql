-- Controls of three centres: body weight differs by 3 g a centre, glucose is 18 times too small at ICS, holes is always 0.
with traits as (
    from (values ('body_weight', 25.0, 2.0), ('glucose', 9.0, 1.0), ('holes', 0.0, 0.0)) as t(trait_id, middle, spread)
),
centres as (
    from (values ('HMGU', 0), ('ICS', 1), ('TCP', 2)) as c(centre, place)
),
mice as (
    select
        trait_id, centre, place, mouse, middle, spread,
        -- The sum of three even draws looks normal, and its spread is 1.
        (hash(mouse, centre, trait_id, 1) % 1000 + hash(mouse, centre, trait_id, 2) % 1000
            + hash(mouse, centre, trait_id, 3) % 1000)::double / 500 - 3 as z
    from traits, centres, range(120) as mice(mouse)
)
select
    trait_id || centre || mouse as observation_id, centre || mouse as specimen_id, trait_id, centre,
    if(mouse % 2 = 0, 'female', 'male') as sex, true as is_control, if(spread > 0, z, 0) as control_z,
    (middle + if(trait_id = 'body_weight', 3 * place, 0) + spread * z)
        * if(trait_id = 'glucose' and centre = 'ICS', 0.0555, 1) as value
from mice
