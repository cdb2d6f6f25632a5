import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from muster.graph.standard_scores import standardise


@pytest.fixture
def values() -> np.ndarray:
    """Gene 0 has no path; column 3 is constant among those that have one."""
    chance = np.random.default_rng(2)
    table = chance.random((30, 4)) * (chance.random((30, 4)) < 0.5)
    table[:, 3] = 1 / 3
    table[0] = 0.0
    return table


def test_scores_equal_those_of_pandas_over_genes_with_a_path(values: np.ndarray) -> None:
    frame = pd.DataFrame(values[1:, :3])
    expected = ((frame - frame.mean()) / frame.std()).to_numpy()

    found = standardise(sparse.csr_array(values)).rows(np.arange(30))

    np.testing.assert_allclose(found[1:, :3], expected, atol=1e-12)


def test_no_path_and_a_constant_column_score_zero(values: np.ndarray) -> None:
    found = standardise(sparse.csr_array(values))

    assert not found.rows(np.array([0])).any()
    assert not found.rows(np.arange(30))[:, 3].any()
    assert found.has_path.tolist() == [False] + [True] * 29


def test_no_path_at_all_gives_no_scores() -> None:
    assert not standardise(sparse.csr_array((5, 3))).rows(np.arange(5)).any()


def test_what_is_stored_stays_as_sparse_as_the_features(values: np.ndarray) -> None:
    sparse_values = sparse.csr_array(values)

    assert standardise(sparse_values).scaled.nnz <= sparse_values.nnz
