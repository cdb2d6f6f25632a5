"""One hop of a metapath: from gene to gene along an interaction or through a shared node, weighted by degrees."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from muster.graph.knowledge import KnowledgeGraph, Matrix

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

    def weights(self, rows: slice) -> Values:
        """Return the weights from these genes to every gene, dense; the caller asks for few genes at a time."""
        if self.back is None:
            return np.asarray(self.out[rows].toarray())
        dense = np.asarray((self.out[rows] @ self.back).toarray())
        dense[np.arange(len(dense)), np.arange(len(dense)) + rows.start] = 0.0
        return dense


def make_hop(graph: KnowledgeGraph, kind: str, damping: float) -> Hop:
    """Return the weighted hop along the edges of one source or kind of node."""
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
