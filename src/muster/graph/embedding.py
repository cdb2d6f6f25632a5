"""Gene vectors: the leading directions of what genes interact with, belong to and express."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds
from threadpoolctl import threadpool_limits

from muster.graph.knowledge import PROFILE_KINDS, KnowledgeGraph, Matrix

Vectors = NDArray[np.float32]

#: Rounding hides the last bits, in which one machine's linear algebra differs from another's.
DECIMALS = 4


def embed(graph: KnowledgeGraph, dimensions: int) -> Vectors:
    """Return one vector a gene, the same for the same graph; a gene without edges gets zeros."""
    blocks = [_scaled(_normalised(matrix)) for matrix in graph.interactions.values()]
    for kind, membership in graph.memberships.items():
        profile = kind in PROFILE_KINDS
        blocks.append(_scaled(_standardised(membership.weights) if profile else _normalised(membership.edges(kind))))
    if not blocks:
        return np.zeros((len(graph.gene_ids), dimensions), dtype=np.float32)
    return compress(sparse.hstack(blocks, format="csr"), dimensions)


def compress(matrix: Matrix, dimensions: int) -> Vectors:
    """Return the rows of a matrix in its leading directions, signs and start fixed, padded with zeros if it has fewer.

    >>> compress(sparse.csr_array(np.array([[2.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.5]])), 2).tolist()
    [[2.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    """
    kept = min(dimensions, min(matrix.shape) - 1)
    vectors = np.zeros((matrix.shape[0], dimensions), dtype=np.float32)
    if kept < 1 or matrix.nnz == 0:
        return vectors
    # ARPACK starts from a random vector unless told; all ones is never orthogonal to the leading direction of counts.
    # One thread: the number of cores must not change the order of a sum.
    with threadpool_limits(1):
        left, strengths, _ = svds(matrix.astype(np.float64), k=kept, v0=np.ones(min(matrix.shape)), solver="arpack")
    order = np.argsort(-strengths, kind="stable")
    left, strengths = left[:, order], strengths[order]
    peaks = left[np.abs(left).argmax(axis=0), np.arange(kept)]
    vectors[:, :kept] = np.round(left * strengths * np.where(peaks < 0, -1.0, 1.0), DECIMALS) + 0.0
    return vectors


def _normalised(edges: Matrix) -> Matrix:
    left, right = (np.maximum(edges.sum(axis=axis), 1.0) ** -0.5 for axis in (1, 0))
    return (sparse.diags_array(left) @ edges @ sparse.diags_array(right)).tocsr()


def _standardised(profile: Matrix) -> Matrix:
    """Return log weights divided by each column's root mean square; no value stays no value (zero)."""
    levels = profile.copy()
    levels.data = np.log1p(levels.data)
    scale = np.sqrt(levels.multiply(levels).sum(axis=0) / max(levels.shape[0], 1))
    return (levels @ sparse.diags_array(1.0 / np.maximum(scale, 1e-9))).tocsr()


def _scaled(block: Matrix) -> Matrix:
    """Give every block the same total weight, so that no source drowns another."""
    total = np.sqrt((block.data**2).sum())
    return block * (np.sqrt(block.shape[0]) / total) if total else block
