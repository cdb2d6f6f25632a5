from (values
    ('body_weight', 'size', true, 'body_weight', 0.8),
    ('glucose', 'size', false, 'body_weight', 0.8),
    ('holes', 'holes', true, 'holes', null)
) as t(trait_id, group_name, is_representative, representative_trait_id, mean_correlation)
