"""Traits over many lines: which say the same, how centres agree on them, and what an unmeasured one may be."""
