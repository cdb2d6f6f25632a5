"""A seeded generative model of the consortium: it writes a mirror in IMPC's layout, with the truth beside it."""
