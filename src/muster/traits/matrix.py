"""Long tables as matrices: rows and columns in the order of their names, whatever order the table came in."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Matrix:
    """Values by row and column; NaN where nothing was measured."""

    rows: list[str]
    columns: list[str]
    values: Values

    @property
    def is_measured(self) -> Mask:
        return ~np.isnan(self.values)


def matrix_of(table: pa.Table, row: str, column: str, value: str) -> Matrix:
    """Return a column of a long table by two others.

    Raises:
        ValueError: two lines of the table are for one cell, or one has no value.
    """
    rows, row_codes = _coded(table.column(row))
    columns, column_codes = _coded(table.column(column))
    values = np.full((len(rows), len(columns)), np.nan)
    values[row_codes, column_codes] = table.column(value).to_numpy()
    matrix = Matrix(rows, columns, values)
    if table.num_rows != matrix.is_measured.sum():
        raise ValueError(
            f"{row} and {column} are not unique together, or a {value} is empty: one value a cell is needed"
        )
    return matrix


def _coded(column: pa.ChunkedArray) -> tuple[list[str], NDArray[np.int32]]:
    """Return the sorted distinct texts of a column and, for each line, which it is: by Arrow, without Python texts."""
    encoded = column.dictionary_encode().combine_chunks()
    names = encoded.dictionary.to_pylist()
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(names), np.int32)
    place[order] = np.arange(len(names), dtype=np.int32)
    return [names[code] for code in order], place[encoded.indices.to_numpy()]
