"""Which views a model reads: one service a model, and one for what is asked live."""

from feast import FeatureService
from views import gene_embedding, gene_labels, gene_summary

gene_phenotype = FeatureService(name="gene_phenotype", features=[gene_summary, gene_embedding, gene_labels])
viability = FeatureService(name="viability", features=[gene_summary, gene_embedding, gene_labels])
serving = FeatureService(name="serving", features=[gene_summary, gene_embedding])
