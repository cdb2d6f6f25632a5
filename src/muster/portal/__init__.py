"""The static site: templates, one style sheet, and what keeps every page free of the network."""
