"""Features in standard deviations over the genes that have a path, as ProteinGraphML hands them to its model.

There a gene without any path gets 0, and 0 is the mean of those that have one: *no evidence* and *average evidence* are
the same number. That is a fault of the definition, and kept here only so that the reference can be repeated; trees
need no such scaling and see the difference in the plain features. `has_path` tells the two apart.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from muster.graph.knowledge import Matrix

Values = NDArray[np.float64]

#: A column whose deviation is rounding only is constant.
CONSTANT = 1e-12


@dataclass(frozen=True)
class StandardScores:
    """Scores as a sparse part and a shift, so that 20,000 genes x 20,000 columns are never filled in."""

    scaled: Matrix
    """genes x columns, in standard deviations from 0"""
    shift: Values
    """by column: what is added for genes that have a path"""
    has_path: NDArray[np.bool_]
    """by gene: a path of this kind, in whichever column"""

    def rows(self, genes: NDArray[np.int64]) -> Values:
        """Return the scores of some genes, dense.

        >>> found = standardise(sparse.csr_array(np.array([[1.0], [3.0], [0.0]])))
        >>> found.rows(np.array([0, 1, 2])).round(3).tolist()
        [[-0.707], [0.707], [0.0]]
        """
        return np.asarray(self.scaled[genes].toarray() + self.has_path[genes, None] * self.shift)


def standardise(values: Matrix) -> StandardScores:
    """Return each column less its mean, over its standard deviation (n - 1); a constant column gets 0."""
    has_path = np.diff(values.indptr) > 0
    count = np.count_nonzero(has_path)
    mean = values.sum(axis=0) / max(count, 1)
    centred = (values.data - mean[values.indices]) ** 2
    columns = values.shape[1]
    empty = count - np.bincount(values.indices, minlength=columns)
    squares = np.bincount(values.indices, centred, columns) + empty * mean**2
    deviation = np.sqrt(squares / max(count - 1, 1))
    varies = deviation > CONSTANT * np.abs(mean)
    factor = np.divide(1.0, deviation, out=np.zeros(columns), where=varies)
    return StandardScores((values @ sparse.diags_array(factor)).tocsr(), -mean * factor, has_path)
