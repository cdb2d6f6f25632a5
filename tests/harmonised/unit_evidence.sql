select
    'glucose' as trait_id, 'IMPC_CBC_018_001' as parameter_id, 'IMPC_001' as pipeline_id, 120 as control_count,
    2 as other_centre_count, *
from (values
    ('ICS', 'mg/dl', 'mg/dl', 0.0555, -1.255, -900.0, 0.0, true, true, true, 'label doubtful'),
    ('ICS', 'mg/dl', 'mmol/l (mmol/l)', 1.0, 0.0, -80.0, 1.0, false, false, false, 'label doubtful'),
    ('TCP', 'mmol/l', 'mmol/l', 1.0, 0.0, -80.0, 1.0, true, true, true, 'label holds'),
    ('TCP', 'mmol/l', 'mg/dl (mg/dl)', 0.0555, -1.255, -900.0, 0.0, false, false, false, 'label holds')
) as t(centre, unit, reading, factor, shift, log_likelihood, probability, is_label, is_default, is_chosen, verdict)
