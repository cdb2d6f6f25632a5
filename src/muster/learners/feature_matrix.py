"""Rows of the feature store as one float32 matrix, the same from the offline and the online store."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

#: Columns that say which row it is or what is to be predicted; never a feature.
NOT_FEATURES = frozenset({"gene_id", "event_timestamp", "labels", "weights", "viability", "fold"})

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class FeatureMatrix:
    """One row a gene, one column a number; missing is NaN."""

    names: list[str]
    values: Matrix

    def column(self, name: str) -> Matrix:
        """Return one number of every gene."""
        return self.values[:, self.names.index(name)]


def feature_matrix(frame: pd.DataFrame) -> FeatureMatrix:
    """Return the features of a table with their names; a vector becomes one column a direction.

    >>> frame = pd.DataFrame({"gene_id": ["MGI:1"], "loeuf": [None], "embedding": [[0.5, 1.0]]})
    >>> found = feature_matrix(frame)
    >>> found.names, found.values.tolist()
    (['embedding_00', 'embedding_01', 'loeuf'], [[0.5, 1.0, nan]])
    """
    names: list[str] = []
    blocks: list[Matrix] = []
    # Sorted: the online store returns columns in another order than the offline one.
    for column in sorted(set(frame.columns) - NOT_FEATURES):
        if frame[column].map(np.ndim).eq(1).any():
            block = _stacked(frame[column])
            names += [f"{column}_{number:02d}" for number in range(block.shape[1])]
        else:
            block = pd.to_numeric(frame[column]).to_numpy(np.float32, na_value=np.nan)[:, None]
            names.append(column)
        blocks.append(block)
    return FeatureMatrix(names, np.hstack(blocks) if blocks else np.empty((len(frame), 0), np.float32))


def _stacked(vectors: pd.Series) -> Matrix:
    length = max(len(vector) for vector in vectors if np.ndim(vector) == 1)
    missing = np.full(length, np.nan, np.float32)
    return np.stack([np.asarray(vector, np.float32) if np.ndim(vector) == 1 else missing for vector in vectors])
