"""The knowledge graph of one release: genes, their interactions and what they share."""
