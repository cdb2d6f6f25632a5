import numpy as np
import pyarrow as pa
import pytest

from muster.traits.matrix import matrix_of


def test_a_long_table_becomes_a_matrix_in_the_order_of_names_with_gaps() -> None:
    table = pa.table({"line": ["b", "a", "b"], "trait": ["y", "z", "x"], "effect": [1.0, 2.0, 3.0]})

    matrix = matrix_of(table, "line", "trait", "effect")

    assert matrix.rows == ["a", "b"]
    assert matrix.columns == ["x", "y", "z"]
    np.testing.assert_array_equal(matrix.values, [[np.nan, np.nan, 2.0], [3.0, 1.0, np.nan]])
    assert matrix.is_measured.tolist() == [[False, False, True], [True, True, False]]


def test_two_values_for_one_cell_are_refused() -> None:
    table = pa.table({"line": ["a", "a"], "trait": ["x", "x"], "effect": [1.0, 2.0]})

    with pytest.raises(ValueError, match="line and trait are not unique together"):
        matrix_of(table, "line", "trait", "effect")


def test_no_rows_are_an_empty_matrix() -> None:
    table = pa.table(
        {"line": pa.array([], pa.string()), "trait": pa.array([], pa.string()), "effect": pa.array([], pa.float64())}
    )

    assert matrix_of(table, "line", "trait", "effect").values.shape == (0, 0)
