"""Random walk with restart (Kohler 2008): how often a walker that keeps coming home to a set of genes visits a gene."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from muster.graph.knowledge import Matrix

Values = NDArray[np.float64]

#: The rest of the walk after so many steps weighs (1 - RESTART) ** STEPS, one in a hundred thousand.
RESTART, STEPS = 0.5, 17


def stochastic(edges: Matrix) -> Matrix:
    """Return the chances to step from a gene (column) to another (row); nobody leaves a gene without edges.

    >>> stochastic(sparse.csr_array(np.array([[0.0, 1.0, 3.0], [1.0, 0.0, 0.0], [3.0, 0.0, 0.0]]))).toarray().tolist()
    [[0.0, 1.0, 1.0], [0.25, 0.0, 0.0], [0.75, 0.0, 0.0]]
    """
    total = np.asarray(edges.sum(axis=0))
    return (edges @ sparse.diags_array(np.divide(1.0, total, out=np.zeros(len(total)), where=total > 0))).tocsr()


def walk(chances: Matrix, seeds: Values) -> Values:
    """Return the share of time at each gene, one column a set.

    Args:
        chances: genes x genes, from `stochastic`.
        seeds: genes x sets, where each walk restarts; a column sums to 1.
    """
    found = seeds
    for _ in range(STEPS):
        found = (1.0 - RESTART) * (chances @ found) + RESTART * seeds
    return np.asarray(found)
