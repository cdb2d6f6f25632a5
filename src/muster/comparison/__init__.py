"""Two releases side by side: what changed in the data, why, and what it does to predictions."""
