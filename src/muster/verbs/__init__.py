"""Verbs of the command line that take more than a release: their options and their help."""
