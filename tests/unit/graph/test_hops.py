import numpy as np
import pytest
from scipy import sparse

from muster.graph.hops import make_hop
from muster.graph.knowledge import KnowledgeGraph, Membership


@pytest.fixture
def graph() -> KnowledgeGraph:
    """Genes 0 and 1 interact; all three are at the only node."""
    return KnowledgeGraph(
        gene_ids=["MGI:1", "MGI:2", "MGI:3"],
        symbols=[],
        interactions={"string": sparse.csr_array(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], float))},
        memberships={"go": Membership([], [], sparse.csr_array(np.ones((3, 1))))},
    )


def test_a_hop_along_an_interaction_is_divided_by_the_roots_of_both_degrees(graph: KnowledgeGraph) -> None:
    hop = make_hop(graph, "string", 0.5)

    assert hop(np.array([[1.0], [10.0], [100.0]])).ravel().tolist() == [10.0, 1.0, 0.0]


def test_a_hop_through_a_node_leads_to_all_others(graph: KnowledgeGraph) -> None:
    hop = make_hop(graph, "go", 0.5)

    # Three genes at the node: each path is 1/3.
    np.testing.assert_allclose(hop(np.array([[3.0], [30.0], [300.0]])).ravel(), [110, 101, 11])


@pytest.mark.parametrize("kind", ["string", "go"])
def test_the_weights_of_some_rows_are_those_that_a_hop_applies(graph: KnowledgeGraph, kind: str) -> None:
    hop = make_hop(graph, kind, 0.5)

    np.testing.assert_allclose(hop.weights(slice(1, 3)), hop(np.eye(3))[1:3], atol=1e-15)
