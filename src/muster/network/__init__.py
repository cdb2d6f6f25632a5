"""The network of phenotypes: which terms are called in the same genes, more often than chance explains."""
