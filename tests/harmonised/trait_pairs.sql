from (values
    ('body_weight', 'glucose', 360, 0.8, 27, 0.7),
    ('body_weight', 'holes', 360, null, 27, null)
) as t(trait_id_a, trait_id_b, control_count, control_correlation, effect_count, effect_correlation)
