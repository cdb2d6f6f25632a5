"""What the called genes around a gene say, for many terms at once and without looking at held-out labels.

Paths are counted to the labels of each fold apart; whoever needs a fold held out adds up the others. So held-out
labels cannot reach a feature, not even through rounding, and no fold costs a second walk over the graph.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from muster.graph.knowledge import KnowledgeGraph
from muster.graph.metapaths import Hops, make_hops, path_counts, usable
from muster.learners.labels import CALLED, UNTESTED

Floats = NDArray[np.float64]
Columns = NDArray[np.float32]


@dataclass(frozen=True)
class Walker:
    """The knowledge graph, ready to be walked from any labels."""

    graph: KnowledgeGraph
    metapaths: list[str]
    hops: Hops

    @property
    def names(self) -> list[str]:
        """The names of the columns of `Evidence.columns`."""
        return [f"{kind}:{metapath}" for kind in ("lift", "count") for metapath in self.metapaths]


@dataclass(frozen=True)
class Evidence:
    """One term: weighted paths from every gene to the called and to the tested genes of each fold."""

    called: Floats
    """fold x gene x metapath"""
    tested: Floats
    called_counts: Floats
    """fold"""
    tested_counts: Floats

    def columns(self, folds: Sequence[int], genes: NDArray[np.bool_]) -> Columns:
        """Return each gene's lift over chance and its amount of paths to called genes, from the labels of `folds` only.

        Both are means over labelled genes, so three folds and five give numbers on one scale.
        """
        chosen = list(folds)
        called_count, tested_count = (
            max(counts[chosen].sum(), 1.0) for counts in (self.called_counts, self.tested_counts)
        )
        called = self.called[chosen][:, genes].sum(axis=0) / called_count
        tested = self.tested[chosen][:, genes].sum(axis=0) / tested_count
        # What an average gene has, as a prior: few paths move the lift little.
        usual = self.tested[chosen].sum(axis=0).mean(axis=0) / tested_count + np.finfo(np.float32).tiny
        return np.hstack([np.log((called + usual) / (tested + usual)), np.log1p(called / usual)]).astype(np.float32)


def make_walker(graph: KnowledgeGraph, metapaths: Sequence[str]) -> Walker:
    """Return what walks the metapaths for which the graph has edges."""
    kept = usable(graph, metapaths)
    return Walker(graph, kept, make_hops(graph, kept))


def gather(walker: Walker, states: NDArray[np.int8], fold: NDArray[np.int32], folds: int) -> list[Evidence]:
    """Return the evidence for each term (column of `states`) in one walk."""
    is_called, is_tested = states == CALLED, states != UNTESTED
    # Terms of one procedure were tested in the same genes: each set is walked once.
    tested_sets, set_of_term = np.unique(is_tested, axis=1, return_inverse=True)
    called, tested = by_fold(is_called, fold, folds), by_fold(tested_sets, fold, folds)
    labels = np.hstack([called.reshape(len(fold), -1), tested.reshape(len(fold), -1)])
    paths = np.stack([counts for _, counts in path_counts(walker.hops, walker.metapaths, labels)], axis=-1)
    split = called.shape[1] * folds
    called_paths, tested_paths = _apart(paths[:, :split], folds), _apart(paths[:, split:], folds)
    return [
        Evidence(
            called=called_paths[term],
            tested=tested_paths[number],
            called_counts=called[:, term].sum(axis=0),
            tested_counts=tested[:, number].sum(axis=0),
        )
        for term, number in enumerate(set_of_term)
    ]


def by_fold(labels: NDArray[np.bool_], fold: NDArray[np.int32], folds: int) -> Floats:
    """Return gene x term x fold: the label in the gene's own fold, nothing in the others."""
    in_fold: NDArray[np.bool_] = labels[:, :, None] & (fold[:, None, None] == np.arange(folds))
    return in_fold.astype(np.float64)


def _apart(counts: Floats, folds: int) -> Floats:
    """Return term x fold x gene (x metapath) of gene x (term, fold) (x metapath)."""
    apart = counts.reshape(counts.shape[0], -1, folds, *counts.shape[2:])
    return np.ascontiguousarray(np.moveaxis(apart, 0, 2))
