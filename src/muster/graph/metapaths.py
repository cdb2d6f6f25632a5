"""Degree-weighted path counts (Himmelstein 2017): how strongly a gene is tied to the genes of a label set.

A metapath is written by its hops: `string` is gene-interaction-gene, `go` is gene-GO term-gene, `string.go` is
gene-interaction-gene-GO term-gene. No matrix over all pairs of genes is ever made: a count over paths is a chain of
sparse products with the labels, so hundreds of terms and all their folds are one product.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from muster.graph.knowledge import KnowledgeGraph, Matrix

DAMPING = 0.5
LONGEST = 2

Values = NDArray[np.float64]


class MetapathError(ValueError):
    """A metapath that cannot be counted."""


@dataclass(frozen=True)
class Hop:
    """From gene to gene: along an interaction (`back` is None) or through a shared node."""

    out: Matrix
    back: Matrix | None
    own: Values
    """What the product would count from a gene through a node back to itself."""

    def __call__(self, values: Values) -> Values:
        """Sum `values` over the genes one hop away, each path weighted by the degrees on it."""
        if self.back is None:
            return np.asarray(self.out @ values)
        return np.asarray(self.out @ (self.back @ values)) - self.own[:, None] * values


def usable(graph: KnowledgeGraph, metapaths: Iterable[str]) -> list[str]:
    """Return the metapaths whose every hop the graph has edges for."""
    known = graph.interactions.keys() | graph.memberships.keys()
    return [metapath for metapath in metapaths if set(metapath.split(".")) <= known]


def make_hops(graph: KnowledgeGraph, metapaths: Iterable[str], damping: float = DAMPING) -> dict[str, Hop]:
    """Return the weighted hops that these metapaths are made of."""
    return {kind: _hop(graph, kind, damping) for metapath in metapaths for kind in metapath.split(".")}


def _hop(graph: KnowledgeGraph, kind: str, damping: float) -> Hop:
    if kind in graph.interactions:
        weighted = _damped(graph.interactions[kind], damping)
        return Hop(weighted, None, np.zeros(len(graph.gene_ids)))
    if kind not in graph.memberships:
        known = ", ".join([*graph.interactions, *graph.memberships])
        raise MetapathError(f"{kind}: the graph has no such edges; it has {known}")
    weighted = _damped(graph.memberships[kind].edges(kind), damping)
    return Hop(weighted, weighted.T.tocsr(), weighted.multiply(weighted).sum(axis=1))


def _damped(edges: Matrix, damping: float) -> Matrix:
    """Divide every edge by the degrees of its ends, each to the power of `damping`."""
    left, right = (np.maximum(edges.sum(axis=axis), 1.0) ** -damping for axis in (1, 0))
    return (sparse.diags_array(left) @ edges @ sparse.diags_array(right)).tocsr()


def path_counts(hops: dict[str, Hop], metapaths: Iterable[str], labels: Values) -> Iterator[tuple[str, Values]]:
    """Yield each metapath with, per gene and column of `labels`, the weighted paths to the labelled genes.

    Paths never visit a gene twice, so a gene's own label is never counted.
    """
    walked: dict[str, Values] = {}
    for metapath in metapaths:
        first, *rest = metapath.split(".")
        if len(rest) >= LONGEST:
            raise MetapathError(f"{metapath}: a metapath has at most {LONGEST} hops")
        if not rest:
            yield metapath, _walked(hops, first, labels, walked)
            continue
        counts = hops[first](_walked(hops, rest[0], labels, walked))
        yield metapath, counts - _round_trips(hops[first], hops[rest[0]])[:, None] * labels


def _walked(hops: dict[str, Hop], kind: str, labels: Values, walked: dict[str, Values]) -> Values:
    if kind not in walked:
        walked[kind] = hops[kind](labels)
    return walked[kind]


def _round_trips(there: Hop, home: Hop) -> Values:
    """Return the weight of the walks that leave a gene by one hop and come home by the other."""
    if there.back is None and home.back is None:
        return np.asarray(there.out.multiply(home.out).sum(axis=1))
    if there.back is not None and home.back is not None:
        raise MetapathError("two hops through shared nodes reach nearly every gene; use an interaction for one of them")
    direct, shared = (there, home) if there.back is None else (home, there)
    return np.asarray(shared.out.multiply(direct.out @ shared.out).sum(axis=1))
