"""What a model must beat: how connected or published a gene is, its partners' labels, and the network alone.

Every score of a tested gene comes from the labels of the other folds, that of an untested gene from all labels. The
network is every interaction of any source, 0 or 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from muster.graph.knowledge import KnowledgeGraph, Matrix
from muster.learners.evidence import by_fold
from muster.learners.feature_matrix import FeatureMatrix
from muster.learners.labels import CALLED, UNTESTED

Floats = NDArray[np.float64]
Scores = NDArray[np.float32]

BASELINES = ("degree", "publications", "neighbour_vote", "label_propagation", "adjacency_lr")

#: Share of a walker's steps that follow an edge. On real 18.0 0.15, 0.5 and 0.85 differ by 0.003 in AUROC.
DAMPING = 0.5
#: Damping to this power is below 1e-6: what further steps would add is lost in float32.
STEPS = 20


@dataclass(frozen=True)
class Baselines:
    """What the baselines of one release share."""

    degree: Scores
    publications: Scores
    partners: Matrix
    """genes x genes, 0 or 1"""
    transition: Matrix
    """the same over the square root of both degrees"""


def make_baselines(graph: KnowledgeGraph, features: FeatureMatrix) -> Baselines:
    """Return the baselines of a release; `features` has its rows in the order of the graph's genes."""
    partners = graph.partners
    degree = np.diff(partners.indptr)
    scale = sparse.diags_array(np.maximum(degree, 1) ** -0.5)
    return Baselines(
        degree=degree.astype(np.float32),
        publications=_publications(_column(features, "novelty"), _column(features, "go_count")),
        partners=partners,
        transition=(scale @ partners @ scale).tocsr(),
    )


def baseline_scores(
    baselines: Baselines,
    states: NDArray[np.int8],
    fold: NDArray[np.int32],
    folds: int,
    asked: Sequence[int] | None = None,
) -> list[dict[str, Scores]]:
    """Return for each term (column of `states`, genes x terms) the score of every gene by every baseline.

    Args:
        baselines: of the release.
        states: 1 called, 0 tested, -1 untested.
        fold: of each gene.
        folds: how many there are.
        asked: score only the tested genes of these folds, NaN for all other genes; by default score every gene.
    """
    held = list(range(folds)) if asked is None else list(asked)
    scored = np.ones_like(states, np.bool_) if asked is None else (states != UNTESTED) & np.isin(fold, held)[:, None]
    votes, walks = _votes(baselines, states, fold, folds, held), _walks(baselines, states, fold, folds, held)
    # One thread, so that the number of cores never changes a byte; on vectors this short more threads only wait.
    with threadpool_limits(1):
        regressions = [
            _adjacency_lr(baselines.partners, states[:, term], fold, scored[:, term]) for term in range(states.shape[1])
        ]
    return [
        {
            name: np.where(scored[:, term], scores, np.float32(np.nan))
            for name, scores in (
                ("degree", baselines.degree),
                ("publications", baselines.publications),
                ("neighbour_vote", votes[:, term]),
                ("label_propagation", walks[:, term]),
                ("adjacency_lr", regressions[term]),
            )
        }
        for term in range(states.shape[1])
    ]


def _column(features: FeatureMatrix, name: str) -> Floats:
    if name not in features.names:
        return np.full(len(features.values), np.nan)
    column: Floats = features.column(name).astype(np.float64)
    return column


def _publications(novelty: Floats, go_count: Floats) -> Scores:
    """Return how much is published of each gene as a share of ranks, most = 1.

    IDG knows the novelty of human genes only: a gene without one is placed by its number of GO terms.

    >>> _publications(np.array([0.1, 5.0, np.nan, np.nan]), np.array([9, 1, 7, 6])).tolist()
    [1.0, 0.5, 0.75, 0.5]
    """
    known = ~np.isnan(novelty)
    shares: Floats = rankdata(np.nan_to_num(go_count)) / len(go_count)
    if known.any():
        shares[known] = rankdata(-novelty[known]) / known.sum()
    return shares.astype(np.float32)


def _votes(
    baselines: Baselines, states: NDArray[np.int8], fold: NDArray[np.int32], folds: int, held: list[int]
) -> Scores:
    """Return the share of called genes among a gene's tested partners; the prevalence where it has none."""
    called, tested = by_fold(states == CALLED, fold, folds), by_fold(states != UNTESTED, fold, folds)
    found, asked = (_fold_safe(_spread(baselines.partners, labels), states, fold, held) for labels in (called, tested))
    prevalence = _fold_safe(_everywhere(called), states, fold, held) / np.maximum(
        _fold_safe(_everywhere(tested), states, fold, held), 1.0
    )
    return np.divide(found, asked, out=prevalence, where=asked > 0).astype(np.float32)


def _walks(
    baselines: Baselines, states: NDArray[np.int8], fold: NDArray[np.int32], folds: int, held: list[int]
) -> Scores:
    """Return how often a walk with restart from the called genes is at each gene, over its mean start.

    The fixed point of F = d S F + (1 - d) Y with S = D^-1/2 A D^-1/2 (Zhou et al. 2004), reached by iteration. It is
    linear in Y, so labels of each fold are propagated apart and the folds that may be seen added up.
    """
    called = by_fold(states == CALLED, fold, folds)
    start = called.reshape(len(fold), -1)
    walked = start.copy()
    for _ in range(STEPS):
        walked = DAMPING * (baselines.transition @ walked) + (1 - DAMPING) * start
    found = _fold_safe(walked.reshape(called.shape), states, fold, held)
    return (found / np.maximum(_fold_safe(_everywhere(called), states, fold, held), 1.0)).astype(np.float32)


def _spread(matrix: Matrix, labels: Floats) -> Floats:
    spread: Floats = (matrix @ labels.reshape(len(labels), -1)).reshape(labels.shape)
    return spread


def _everywhere(labels: Floats) -> Floats:
    return np.broadcast_to(labels.sum(axis=0), labels.shape)


def _fold_safe(counts: Floats, states: NDArray[np.int8], fold: NDArray[np.int32], held: list[int]) -> Floats:
    """Return gene x term: the sum over folds, for a tested gene of a held-out fold without its own.

    The others are added up, never a fold taken off a total: rounding would leave a trace of the label.
    """
    is_held = (states != UNTESTED) & np.isin(fold, held)[:, None]
    total = np.zeros(counts.shape[:2])
    for number in range(counts.shape[2]):
        total += np.where(is_held & (fold == number)[:, None], 0.0, counts[:, :, number])
    return total


def _adjacency_lr(
    partners: Matrix, states: NDArray[np.int8], fold: NDArray[np.int32], scored: NDArray[np.bool_]
) -> Scores:
    """Return the log odds of L2-regularised logistic regression (C = 1) on rows of the network, GenePlexus' recipe.

    Solved by L-BFGS with scikit-learn's own tolerance, as GenePlexus does it: on real 18.0 0.06 s a fit.
    """
    is_tested = states != UNTESTED
    scores = np.zeros(len(states), np.float32)
    for number in np.unique(fold[is_tested & scored]):
        asked = is_tested & (fold == number)
        scores[asked] = _fitted_scores(partners, states, is_tested & ~asked, asked)
    if not is_tested[scored].all():
        scores[~is_tested] = _fitted_scores(partners, states, is_tested, ~is_tested)
    return scores


def _fitted_scores(
    partners: Matrix, states: NDArray[np.int8], training: NDArray[np.bool_], asked: NDArray[np.bool_]
) -> Scores:
    is_called = states[training] == CALLED
    if is_called.all() or not is_called.any():
        return np.zeros(int(asked.sum()), np.float32)
    model = LogisticRegression(C=1.0, max_iter=1000).fit(partners[training], is_called)
    return np.asarray(model.decision_function(partners[asked]), np.float32)
