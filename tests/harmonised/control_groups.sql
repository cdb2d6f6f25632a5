from (values
    ('1', 'body_weight', 'HMGU', 'female', 60, 'own', 58, 0.02, 0.02),
    ('2', 'body_weight', 'ICS', 'female', 9, 'shrunk', 9, 0.1, 0.1),
    ('3', 'holes', 'HMGU', 'female', 60, 'no spread', 1, 1.0, 1.0),
    ('4', 'holes', 'ICS', 'female', 60, 'no spread', 1, 1.0, 1.0)
) as t(group_id, trait_id, centre, sex, control_count, treatment, distinct_count, floor_share, ceiling_share)
