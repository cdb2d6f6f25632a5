from (values
    ('body_weight', 'HMGU', 120, 60, 9, true, 1.0, 0.5, 25.0, 2.0),
    ('body_weight', 'ICS', 120, 60, 9, true, 1.0, 0.6, 28.0, 2.0),
    ('body_weight', 'TCP', 120, 60, 9, true, 1.0, 0.7, 31.0, 2.0),
    ('glucose', 'HMGU', 120, 60, 9, true, 1.0, 0.5, 9.0, 1.0),
    ('glucose', 'ICS', 120, 60, 9, true, 1.0, 0.6, 0.5, 0.0555),
    ('glucose', 'TCP', 120, 60, 9, true, 1.0, 0.7, 9.0, 1.0),
    ('holes', 'HMGU', 120, 60, 9, true, 0.67, 0.5, 0.0, 0.0),
    ('holes', 'ICS', 120, 60, 9, true, 0.67, 0.6, 0.0, 0.0),
    ('holes', 'TCP', 0, 0, 0, false, 0.67, 0.0, null, null)
) as t(trait_id, centre, control_count, mutant_count, line_count, is_submitted, coverage_weight, tested_share, location,
    spread)
