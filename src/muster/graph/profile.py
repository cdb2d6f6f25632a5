"""The measured phenotype of a gene as one vector: harmonised line effects, compressed."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from muster import lake
from muster.graph.embedding import Vectors, compress
from muster.graph.knowledge import positions

DIMENSIONS = 16

EFFECTS = "gene_id, trait_id, avg(effect_size) as effect"


def phenotype_profiles(release: str, gene_ids: list[str]) -> tuple[Vectors, NDArray[np.bool_]]:
    """Return a vector a gene (zeros where nothing was measured) and whether anything was measured."""
    if not lake.has(release, "line_effects"):
        return np.zeros((len(gene_ids), DIMENSIONS), np.float32), np.zeros(len(gene_ids), np.bool_)
    effects = lake.read(release, "line_effects").filter("isfinite(effect_size)")
    means = effects.aggregate(EFFECTS, "gene_id, trait_id").order("gene_id, trait_id").fetchnumpy()
    rows = positions(gene_ids, means["gene_id"])
    traits, columns = np.unique(means["trait_id"].astype(str), return_inverse=True)
    known = rows >= 0
    shape = (len(gene_ids), len(traits))
    measured = sparse.csr_array((np.asarray(means["effect"])[known], (rows[known], columns[known])), shape)
    is_measured = np.bincount(rows[known], minlength=len(gene_ids)) > 0
    return compress(measured, DIMENSIONS), is_measured
