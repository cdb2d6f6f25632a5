"""The null control: the same fits on shuffled labels. What they learn, a feature has told of held-out labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from muster.learners.boosting import in_parallel
from muster.learners.evidence import gather
from muster.learners.labels import UNTESTED
from muster.learners.metrics import Floats
from muster.learners.robustness import Bench
from muster.learners.term_fit import held_out_scores, judge
from muster.learners.term_table import TermTable

#: Terms walked together; more only take memory.
BATCH = 16


@dataclass(frozen=True)
class ShuffledLabels:
    """Labels dealt out again among the tested genes of each term, each with its weight."""

    ids: list[str]
    """of the terms they were made of"""
    states: NDArray[np.int8]
    """genes x shuffled terms"""
    weights: NDArray[np.float32]


def shuffled_labels(terms: TermTable, count: int, seed: int) -> ShuffledLabels:
    """Return `count` shuffled terms, made of terms spread over the order of all; of each more than once if need be."""
    chosen = np.linspace(0, len(terms.ids) - 1, count).round().astype(int)
    states, weights = terms.states[:, chosen].copy(), terms.weights[:, chosen].copy()
    generator = np.random.default_rng(seed)
    for column in range(len(chosen)):
        tested = np.flatnonzero(states[:, column] != UNTESTED)
        dealt = generator.permutation(tested)
        states[tested, column], weights[tested, column] = states[dealt, column], weights[dealt, column]
    return ShuffledLabels([terms.ids[place] for place in chosen], states, weights)


def null_aurocs(bench: Bench, labels: ShuffledLabels) -> list[Floats]:
    """Return the held-out AUROC (and its draws) of each shuffled term, fitted and judged as real terms are."""
    found: list[Floats] = []
    for start in range(0, len(labels.ids), BATCH):
        states, weights = labels.states[:, start : start + BATCH], labels.weights[:, start : start + BATCH]
        found += _batch_aurocs(bench, states, weights)
    return found


def _batch_aurocs(bench: Bench, states: NDArray[np.int8], weights: NDArray[np.float32]) -> list[Floats]:
    cohort = bench.cohort
    evidences = gather(bench.walker, states, cohort.fold, cohort.folds)

    def null_auroc(term: int) -> Floats:
        scores = held_out_scores(cohort, states[:, term], evidences[term], weights[:, term])
        return judge(cohort, states[:, term], weights[:, term], scores, "null")["null.auroc"]

    return in_parallel(null_auroc, range(states.shape[1]))
