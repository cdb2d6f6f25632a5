"""How central a gene is in the whole network: the six measures of QUACK, by sparse products for all genes at once."""

import numpy as np
from numpy.typing import NDArray

from muster.graph.knowledge import Matrix

Values = NDArray[np.float64]

MEASURES = ("degree", "weighted_degree", "eigenvector", "closeness", "betweenness", "clustering")
#: Genes from which shortest paths are sought: from every gene they would take minutes (Brandes and Pich 2007).
PIVOTS = 96
POWER_STEPS = 60
ROWS = 512


def centralities(partners: Matrix, weights: Matrix, *, seed: int) -> Values:
    """Return genes x `MEASURES`; closeness is harmonic, and like betweenness an estimate from `PIVOTS` genes.

    Args:
        partners: genes x genes, symmetric, 0 or 1.
        weights: the same edges with their weights.
        seed: of the choice of pivots.
    """
    closeness, betweenness = _shortest_paths(partners, _pivots(partners, seed))
    columns = [
        np.asarray(partners.sum(axis=1)),
        np.asarray(weights.sum(axis=1)),
        eigenvector(partners),
        closeness,
        betweenness,
        clustering(partners),
    ]
    return np.column_stack(columns)


def eigenvector(partners: Matrix) -> Values:
    """Return the eigenvector centrality, largest 1, by power iteration on A + I, which converges on any graph."""
    found = np.ones(partners.shape[0])
    for _ in range(POWER_STEPS):
        found = partners @ found + found
        found /= max(float(found.max()), 1.0)
    return np.asarray(np.where(partners.sum(axis=1) > 0, found, 0.0))


def clustering(partners: Matrix) -> Values:
    """Return the share of a gene's pairs of partners that are partners themselves; 0 below two partners.

    >>> clustering(Matrix(np.array([[0.0, 1, 1], [1, 0, 1], [1, 1, 0]]))).tolist()
    [1.0, 1.0, 1.0]
    """
    starts = range(0, partners.shape[0], ROWS)
    rows = [partners[start : start + ROWS] for start in starts]
    closed = np.concatenate([np.asarray((part @ partners).multiply(part).sum(axis=1)) for part in rows])
    degree = np.asarray(partners.sum(axis=1))
    return closed / np.maximum(degree * (degree - 1.0), 1.0)


def _pivots(partners: Matrix, seed: int) -> NDArray[np.int64]:
    connected = np.flatnonzero(partners.sum(axis=1))
    count = min(PIVOTS, len(connected))
    return np.sort(np.random.default_rng(seed).choice(connected, count, replace=False)).astype(np.int64)


def _shortest_paths(partners: Matrix, pivots: NDArray[np.int64]) -> tuple[Values, Values]:
    """Return harmonic closeness and betweenness (Brandes 2001), a level of all pivots at a time."""
    if not len(pivots):
        return np.zeros(partners.shape[0]), np.zeros(partners.shape[0])
    start = np.zeros((partners.shape[0], len(pivots)))
    start[pivots, np.arange(len(pivots))] = 1.0
    counts, levels, seen = [start], [start > 0], start > 0
    while levels[-1].any():
        reached = partners @ counts[-1]
        fresh = (reached > 0) & ~seen
        counts.append(np.where(fresh, reached, 0.0))
        levels.append(fresh)
        seen |= fresh
    closeness = sum((level / float(far) for far, level in enumerate(levels) if far), np.zeros_like(start))
    dependency = np.zeros_like(start)
    for far in range(len(levels) - 1, 1, -1):
        passed = np.divide(1.0 + dependency, counts[far], out=np.zeros_like(start), where=levels[far])
        dependency += np.where(levels[far - 1], counts[far - 1] * (partners @ passed), 0.0)
    return closeness.mean(axis=1), dependency.mean(axis=1)
