"""The numbers of the view gene_summary: what each says of a gene. None comes from a phenotype."""

from feast import Field
from feast.types import Float32

SUMMARY = [
    Field(name="loeuf", dtype=Float32, description="Upper bound of observed over expected loss of function."),
    Field(name="lof_oe", dtype=Float32, description="Observed over expected loss of function."),
    Field(name="lof_oe_lower", dtype=Float32, description="Lower bound of observed over expected loss of function."),
    Field(name="missense_oe", dtype=Float32, description="Upper bound of observed over expected missense."),
    Field(name="missense_oe_lower", dtype=Float32, description="Lower bound of observed over expected missense."),
    Field(name="shet", dtype=Float32, description="Selection against heterozygous loss."),
    Field(name="shet_rgcme", dtype=Float32, description="Selection against heterozygous loss, from exomes alone."),
    Field(name="depmap_effect", dtype=Float32, description="DepMap: mean effect on human cell lines; -1 is essential."),
    Field(
        name="h1_mef_bayes_factor",
        dtype=Float32,
        description="Need of human stem cells on feeder cells, log Bayes factor.",
    ),
    Field(
        name="h1_laminin_bayes_factor",
        dtype=Float32,
        description="Need of human stem cells on laminin, log Bayes factor.",
    ),
    Field(name="novelty", dtype=Float32, description="IDG novelty: low = much published."),
    Field(name="target_level_rank", dtype=Float32, description="0 Tdark, 1 Tbio, 2 Tchem, 3 Tclin."),
    Field(name="interaction_degree", dtype=Float32, description="Interaction partners of any source."),
    Field(name="string_degree", dtype=Float32, description="Interaction partners in STRING."),
    Field(name="biogrid_degree", dtype=Float32, description="Interaction partners in BioGRID."),
    Field(name="string_clustering", dtype=Float32, description="Share of pairs of STRING partners that interact."),
    Field(name="core_number", dtype=Float32, description="Largest k of a k-core of the interactions with the gene."),
    Field(name="pagerank", dtype=Float32, description="Share of a random walk over interactions, 1 is usual."),
    Field(name="pathway_count", dtype=Float32, description="Reactome pathways."),
    Field(name="go_count", dtype=Float32, description="GO terms."),
    Field(name="expression_breadth", dtype=Float32, description="Tissues with a medium or high protein level."),
    Field(name="tissue_peak", dtype=Float32, description="Highest protein level in a tissue, 1 low to 3 high."),
    Field(
        name="tissue_specificity",
        dtype=Float32,
        description="Tau over tissues: 0 everywhere alike, 1 in one alone.",
    ),
    Field(name="embryo_expression", dtype=Float32, description="Mean log TPM over the embryo's stages."),
    Field(name="embryo_early", dtype=Float32, description="Mean log TPM up to 12 somites."),
    Field(name="embryo_trend", dtype=Float32, description="Mean log TPM from 24 somites on minus up to 12."),
    Field(name="embryo_least", dtype=Float32, description="Least log TPM over the embryo's stages."),
    Field(name="family_size", dtype=Float32, description="Genes of the same PANTHER family."),
    Field(name="subfamily_size", dtype=Float32, description="Genes of the same PANTHER subfamily."),
    Field(name="has_paralogue", dtype=Float32, description="1 where the PANTHER family has another gene."),
]
