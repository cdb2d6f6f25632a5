"""Whether a trait means the same number at every centre: what the harmonisation page of a release shows."""
