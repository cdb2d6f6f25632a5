import numpy as np
import pytest
from scipy import sparse

from muster.graph.knowledge import KnowledgeGraph
from muster.graph.topology import topology

#: Genes 0, 1 and 2 interact with each other, 3 with 2 alone, 4 with nobody.
TRIANGLE_AND_TAIL = sparse.csr_array(
    np.array([[0, 1, 1, 0, 0], [1, 0, 1, 0, 0], [1, 1, 0, 1, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0]], dtype=float)
)


def graph(**interactions: sparse.csr_array) -> KnowledgeGraph:
    return KnowledgeGraph([f"MGI:{number}" for number in range(5)], list("abcde"), interactions, {})


def test_partners_are_counted_by_source_and_once_over_all() -> None:
    found = topology(graph(string=TRIANGLE_AND_TAIL, biogrid=TRIANGLE_AND_TAIL))

    assert found["interaction_degree"].tolist() == [2, 2, 3, 1, 0]
    assert found["biogrid_degree"].tolist() == [2, 2, 3, 1, 0]


def test_a_gene_in_a_triangle_is_deeper_inside_than_its_tail() -> None:
    found = topology(graph(string=TRIANGLE_AND_TAIL))

    assert found["core_number"].tolist() == [2, 2, 2, 1, 0]
    np.testing.assert_allclose(found["string_clustering"], [1, 1, 1 / 3, np.nan, np.nan])


def test_the_walk_is_most_often_at_the_hub_and_everywhere_together_once_a_gene() -> None:
    found = topology(graph(string=TRIANGLE_AND_TAIL))["pagerank"]

    assert found.argmax() == 2
    assert found.argmin() == 4
    assert found.sum() == pytest.approx(5.0)


def test_a_source_that_is_absent_is_unknown_not_zero() -> None:
    found = topology(graph())

    assert found["interaction_degree"].tolist() == [0, 0, 0, 0, 0]
    for name in ("string_degree", "biogrid_degree", "core_number", "pagerank", "string_clustering"):
        assert np.isnan(found[name]).all(), name
