from (values
    ('body_weight', 'body weight', 'g', 'Body weight', 3, 360, 27, 0.71, 0.002, 1.0, false, 'resolved'),
    ('glucose', 'glucose', 'mmol/l', 'Clinical chemistry', 3, 360, 27, 0.95, 0.004, 0.2, false, 'resolved'),
    ('holes', 'holes visited', null, 'Open field', 3, 360, 27, null, null, null, true, 'no spread in some groups')
) as t(trait_id, trait_name, canonical_unit, procedure_family, centre_count, control_count, line_count,
    centre_share_before, centre_share_after, weight_slope, is_degenerate, treatment)
