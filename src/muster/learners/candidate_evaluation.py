"""How well hidden genes of a set are found again: by the model, by a random walk, by partners, by degree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import wilcoxon

from muster.graph.knowledge import KnowledgeGraph
from muster.learners.gene_sets import Genes, GeneSet, next_by_degree, order_by_degree
from muster.learners.metrics import Floats, interval

#: One AUROC over all genes, three that leave out what is easy, and what a reader of the first ranks sees.
FIGURES = (
    "auroc",
    "auroc_annotated",
    "auroc_other_families",
    "auroc_degree_matched",
    "log2_auprc_over_prior",
    "recall_at_20",
    "recall_at_100",
)
LEVELS = ("Tdark", "Tbio", "Tchem", "Tclin")
STATISTIC = "mean over held-out sets; 95 % interval over 200 draws of groups of sets"
#: Pairs of figures that are equal everywhere have no test.
FEWEST_PAIRS = 5

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Ground:
    """What is known of genes that makes some of them easy to find."""

    is_annotated: Mask
    """in some pathway"""
    members: Any
    """genes x families, 0 or 1; None where no family is known"""
    by_degree: Genes
    """all genes, those with fewest interactions first"""
    place: Genes
    """of each gene among them"""
    levels: NDArray[np.object_]
    """IDG target level, None where unknown"""


def make_ground(graph: KnowledgeGraph, levels: Sequence[str | None]) -> Ground:
    """Return the ground from a graph with its pathways."""
    degree = np.asarray(graph.partners.sum(axis=1))
    by_degree = order_by_degree(degree)
    family = graph.memberships.get("family")
    return Ground(
        is_annotated=np.asarray(graph.memberships["reactome"].edges("reactome").sum(axis=1)) > 0,
        members=family.edges("family") if family else None,
        by_degree=by_degree,
        place=np.argsort(by_degree),
        levels=np.array(levels, dtype=object),
    )


def judge(ground: Ground, gene_set: GeneSet, scores: NDArray[Any]) -> dict[str, float]:
    """Return the figures of one ranking; NaN where a figure has nothing to judge."""
    is_hidden, asked = _marked(gene_set.hidden, len(scores)), ~_marked(gene_set.shown, len(scores))
    others = asked & ~is_hidden
    kin = _kin(ground, gene_set.shown)
    figures = {
        "auroc": auroc(scores, is_hidden, others),
        "auroc_annotated": auroc(scores, is_hidden, others & ground.is_annotated),
        "auroc_other_families": auroc(scores, is_hidden & ~kin, others & ~kin),
        "auroc_degree_matched": matched_auroc(ground, gene_set, scores),
        **_first_ranks(scores[asked], is_hidden[asked]),
    }
    for level in LEVELS:
        figures[f"auroc_{level}"] = auroc(scores, is_hidden & (ground.levels == level), others)
    return figures


def matched_auroc(ground: Ground, gene_set: GeneSet, scores: NDArray[Any]) -> float:
    """Return the mean over hidden genes of the chance to score above a gene next to it by number of interactions."""
    others = ~_marked(np.concatenate([gene_set.shown, gene_set.hidden]), len(scores))
    found = []
    for gene in gene_set.hidden:
        near = next_by_degree(ground.by_degree, int(ground.place[gene]))
        found.append(auroc(scores, np.arange(len(scores)) == gene, _marked(near, len(scores)) & others))
    known = [value for value in found if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def auroc(scores: NDArray[Any], positive: Mask, negative: Mask) -> float:
    """Return the chance that a positive scores above a negative, ties by half.

    >>> auroc(np.array([0.9, 0.5, 0.5]), np.array([True, True, False]), np.array([False, False, True]))
    0.75
    """
    above, below = scores[positive], scores[negative]
    if not len(above) or not len(below):
        return float("nan")
    # A set has a few hidden genes: comparing each with all others is faster than sorting all.
    wins = [np.count_nonzero(one > below) + np.count_nonzero(one == below) / 2 for one in above]
    return float(np.sum(wins) / (len(above) * len(below)))


def summarise(rows: Sequence[Mapping[str, float]], weights: Floats) -> dict[str, Any]:
    """Return each figure's mean over sets with its interval; `weights` is draws x sets."""
    return {name: interval(_drawn(rows, name, weights), name) for name in FIGURES}


def compare(
    rows: Sequence[Mapping[str, float]], others: Sequence[Mapping[str, float]], weights: Floats
) -> dict[str, Any]:
    """Return the figures of a baseline (`others`) and how far the model leads, set by set, with Wilcoxon's p."""
    lead = np.array([ours["auroc"] - theirs["auroc"] for ours, theirs in zip(rows, others, strict=True)])
    is_tested = np.count_nonzero(lead) >= FEWEST_PAIRS
    return {
        **summarise(others, weights),
        "auroc_lead": interval(_drawn([{"lead": value} for value in lead], "lead", weights)),
        "auroc_lead_p": float(f"{wilcoxon(lead).pvalue:.3g}") if is_tested else None,
    }


def by_level(rows: Mapping[str, Sequence[Mapping[str, float]]], weights: Floats) -> dict[str, Any]:
    """Return for each IDG target level of the hidden genes the AUROC of each ranking and how many sets it is over."""
    found = {}
    for level in LEVELS:
        name = f"auroc_{level}"
        sets = sum(not np.isnan(row[name]) for row in next(iter(rows.values())))
        figures = {ranking: interval(_drawn(of, name, weights), name) for ranking, of in rows.items()}
        found[level] = {"sets": sets, **figures}
    return found


def _drawn(rows: Sequence[Mapping[str, float]], name: str, weights: Floats) -> Floats:
    values = np.array([row[name] for row in rows])
    known = ~np.isnan(values)
    counted = weights[:, known]
    total = counted.sum(axis=1)
    means: Floats = np.divide(counted @ values[known], total, out=np.full(len(weights), np.nan), where=total > 0)
    return means


def _first_ranks(scores: NDArray[Any], is_hidden: Mask) -> dict[str, float]:
    found = is_hidden[np.argsort(-scores, kind="stable")]
    seen, hidden = np.cumsum(found), max(int(found.sum()), 1)
    precision = (seen / np.arange(1, len(found) + 1))[found].mean() if found.any() else float("nan")
    return {
        "log2_auprc_over_prior": float(np.log2(precision * len(found) / hidden)),
        "recall_at_20": float(found[:20].sum() / hidden),
        "recall_at_100": float(found[:100].sum() / hidden),
    }


def _marked(genes: Genes, size: int) -> Mask:
    marked = np.zeros(size, dtype=np.bool_)
    marked[genes] = True
    return marked


def _kin(ground: Ground, shown: Genes) -> Mask:
    """Return the genes of a family that one of these genes belongs to."""
    if ground.members is None:
        return np.zeros(len(ground.place), dtype=np.bool_)
    families = np.asarray(ground.members[shown].sum(axis=0)) > 0
    return np.asarray(ground.members @ families.astype(float)) > 0
