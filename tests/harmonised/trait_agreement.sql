from (values ('glucose', 12, 0.62, 0.4, 0.8), ('body_weight', 12, 0.1, 0.0, 0.4), ('holes', 1, null, null, null))
    as t(trait_id, reference_line_count, heterogeneity, heterogeneity_low, heterogeneity_high)
