"""Which views a model reads: one service a model, and one for what is asked live."""

from feast import FeatureService
from views import gene_embedding, gene_labels, gene_summary

# Hundreds of boosters share one matrix: the leading directions are enough, and half as wide.
gene_phenotype = FeatureService(
    name="gene_phenotype", features=[gene_summary, gene_embedding[["embedding"]], gene_labels]
)
viability = FeatureService(name="viability", features=[gene_summary, gene_embedding, gene_labels])
serving = FeatureService(name="serving", features=[gene_summary, gene_embedding])
