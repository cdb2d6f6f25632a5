"""What a chain of products counts too much: the walks that visit a gene twice, none of which is a path.

Everything here depends on the graph alone, so it is worked out once and serves every label and fold. It is worked out
for some rows of genes at a time: no matrix over all pairs of genes is ever made.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from muster.graph.hops import Hop, Values
from muster.graph.knowledge import Matrix

ROWS = 256


@dataclass(frozen=True)
class Repeats:
    """The weights of the walks of a metapath of two or three hops that visit a gene twice."""

    first: Values
    """by gene: out by the first hop and home by the second"""
    last: Values
    """by gene: out by the hop before the last and home by the last; with two hops the same as `first`"""
    closed: Values
    """by gene: three hops and home, with nothing taken off for what the others count"""
    there_and_back: Matrix | None
    """genes x genes, on edges only: a-b-a-b, which is in `first` and in `last`"""


def find_repeats(chain: Sequence[Hop]) -> Repeats:
    """Return the walks along these two or three hops that visit a gene twice."""
    first, last = round_trips(*chain[:2]), round_trips(*chain[-2:])
    if len(chain) == 2:  # noqa: PLR2004
        return Repeats(first, last, np.zeros(len(first)), None)
    return Repeats(first, last, _triangles(*chain), _there_and_back(chain))


def round_trips(there: Hop, home: Hop) -> Values:
    """Return the weight of the walks that leave a gene by one hop and come home by the other."""
    if there.back is None and home.back is None:
        return np.asarray(there.out.multiply(home.out).sum(axis=1))
    if there.back is not None and home.back is not None:
        # Node to node is small where gene to gene is not: a GO term meets the pathways of its genes.
        met = _row_sums(there.out, there.back @ home.out, home.out)
        return np.asarray(met - there.own * home.own)
    direct, shared = (there, home) if there.back is None else (home, there)
    return _row_sums(direct.out, shared.out, shared.out)


def _triangles(first: Hop, second: Hop, third: Hop) -> Values:
    """Return by gene the weight of the walks of three hops that end where they began; one hop at most is shared."""
    if second.back is not None:
        around = np.concatenate([_around(first, second, third, rows) for rows in _slices(first.out.shape[0])])
        return np.asarray(around - first.out.multiply(third.out) @ second.own)
    # Every hop is symmetric: a walk backwards weighs the same. So the shared hop, if there is one, may be the last.
    start, end = (first, third) if first.back is None else (third, first)
    return np.concatenate(
        [
            np.einsum("ij,ij->i", (start.out[rows] @ second.out).toarray(), end.weights(rows))
            for rows in _slices(start.out.shape[0])
        ]
    )


def _around(first: Hop, second: Hop, third: Hop, rows: slice) -> Values:
    return np.asarray((first.out[rows] @ second.out).multiply(third.out[rows] @ second.out).sum(axis=1))


def _there_and_back(chain: Sequence[Hop]) -> Matrix:
    """Return the product, edge by edge, of the weights of three hops."""
    direct = [hop for hop in chain if hop.back is None]
    edges = direct[0].out
    for hop in direct[1:]:
        edges = edges.multiply(hop.out)
    edges = edges.tocsr()
    for hop in chain:
        if hop.back is not None:
            edges = sparse.vstack(
                [edges[rows].multiply(hop.weights(rows)).tocsr() for rows in _slices(edges.shape[0])], format="csr"
            )
    edges.eliminate_zeros()
    return edges


def _row_sums(left: Matrix, right: Matrix, other: Matrix) -> Values:
    """Return the sum of each row of (left @ right) * other."""
    parts = [other[rows].multiply(left[rows] @ right).sum(axis=1) for rows in _slices(left.shape[0])]
    return np.concatenate([np.asarray(part) for part in parts])


def _slices(size: int) -> Iterator[slice]:
    for start in range(0, max(size, 1), ROWS):
        yield slice(start, min(start + ROWS, size))
