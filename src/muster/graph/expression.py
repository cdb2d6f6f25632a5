"""When and where a gene is expressed, in single numbers: stages of the embryo, tissues of the adult."""

import re

import numpy as np
from numpy.typing import NDArray

from muster.graph.knowledge import KnowledgeGraph, Membership

Floats = NDArray[np.float64]

#: Somites of a mouse embryo: up to 12 about day 8.5, from 24 on day 9.5 and later.
EARLY, LATE = 12, 24
STAGE = re.compile(r"(\d+)-somite")
EMBRYO = ("embryo_expression", "embryo_early", "embryo_trend", "embryo_least")
TISSUES = ("tissue_peak", "tissue_specificity")


def expression(graph: KnowledgeGraph) -> dict[str, Floats]:
    """Return columns of one number a gene, NaN where it was not measured."""
    unknown = np.full(len(graph.gene_ids), np.nan)
    stages, tissues = graph.memberships.get("stage"), graph.memberships.get("tissue")
    return {
        **(_embryo(stages) if stages else dict.fromkeys(EMBRYO, unknown)),
        **(_tissues(tissues) if tissues else dict.fromkeys(TISSUES, unknown)),
    }


def _embryo(stages: Membership) -> dict[str, Floats]:
    """Return mean, early mean, late minus early, and the least log TPM over the stages."""
    levels = np.log1p(stages.weights.toarray())
    levels[levels.sum(axis=1) == 0] = np.nan
    somites = np.array([_somites(node) for node in stages.node_ids])
    early, late = (_mean(levels[:, chosen]) for chosen in (somites <= EARLY, somites >= LATE))
    return dict(zip(EMBRYO, (levels.mean(axis=1), early, late - early, levels.min(axis=1)), strict=True))


def _somites(node: str) -> float:
    found = STAGE.search(node)
    return float(found[1]) if found else np.nan


def _mean(levels: Floats) -> Floats:
    return levels.mean(axis=1) if levels.shape[1] else np.full(len(levels), np.nan)


def _tissues(tissues: Membership) -> dict[str, Floats]:
    """Return the highest protein level and how much of it is missing elsewhere: tau, 0 even, 1 one tissue alone."""
    levels = tissues.weights.toarray()
    peak = levels.max(axis=1, initial=0.0)
    peak[peak == 0] = np.nan
    return dict(zip(TISSUES, (peak, specificity(levels)), strict=True))


def specificity(levels: Floats) -> Floats:
    """Return tau of each gene over its tissues (Yanai et al. 2005), NaN where it is expressed in none.

    >>> specificity(np.array([[3.0, 3.0, 3.0], [3.0, 0.0, 0.0], [0.0, 0.0, 0.0]])).tolist()
    [0.0, 1.0, nan]
    """
    peak = levels.max(axis=1, initial=0.0, keepdims=True)
    missing = levels.shape[1] - np.divide(levels, peak, out=np.full(levels.shape, np.nan), where=peak > 0).sum(axis=1)
    return np.asarray(missing / max(levels.shape[1] - 1, 1), dtype=np.float64)
