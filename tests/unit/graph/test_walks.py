import numpy as np

from muster.graph.knowledge import Matrix
from muster.graph.walks import RESTART, stochastic, walk

#: a - b - c, and d alone
LINE = Matrix(np.array([[0.0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]]))


def test_a_walk_is_the_solution_of_its_equation() -> None:
    chances, seeds = stochastic(LINE), np.array([[1.0], [0.0], [0.0], [0.0]])

    found = walk(chances, seeds)

    exact = np.linalg.solve(np.eye(4) - (1 - RESTART) * chances.toarray(), RESTART * seeds)
    np.testing.assert_allclose(found, exact, atol=1e-5)


def test_nearer_genes_are_visited_more_and_unconnected_ones_never() -> None:
    (a, b, c, d) = walk(stochastic(LINE), np.array([[1.0], [0.0], [0.0], [0.0]]))[:, 0]

    assert a > b > c > 0
    assert d == 0


def test_each_column_is_a_walk_of_its_own() -> None:
    seeds = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0], [0.0, 0.0]])

    both = walk(stochastic(LINE), seeds)

    np.testing.assert_array_equal(both[:, [0]], walk(stochastic(LINE), seeds[:, [0]]))
