"""The sparse products against networkx, gene by gene."""

import networkx as nx
import numpy as np
import pytest

from muster.graph.centrality import MEASURES, centralities
from muster.graph.knowledge import Matrix

GENES = 60


@pytest.fixture(scope="module")
def graph() -> nx.Graph:
    found = nx.gnp_random_graph(GENES, 0.08, seed=5)
    found.add_node(GENES)
    return found


@pytest.fixture(scope="module")
def found(graph: nx.Graph) -> dict[str, np.ndarray]:
    edges = Matrix(nx.to_numpy_array(graph))
    return dict(zip(MEASURES, centralities(edges, edges * 0.5, seed=1).T, strict=True))


def test_degree_and_clustering_are_those_of_networkx(graph: nx.Graph, found: dict) -> None:
    np.testing.assert_allclose(found["degree"], [degree for _, degree in graph.degree()])
    np.testing.assert_allclose(found["weighted_degree"], found["degree"] / 2)
    np.testing.assert_allclose(found["clustering"], list(nx.clustering(graph).values()))


def test_with_every_gene_a_pivot_closeness_and_betweenness_are_those_of_networkx(graph: nx.Graph, found: dict) -> None:
    connected = [gene for gene in graph if graph.degree(gene)]

    closeness = np.array(list(nx.harmonic_centrality(graph).values())) / len(connected)
    betweenness = 2 * np.array(list(nx.betweenness_centrality(graph, normalized=False).values())) / len(connected)

    np.testing.assert_allclose(found["closeness"], closeness)
    np.testing.assert_allclose(found["betweenness"], betweenness, atol=1e-12)


def test_eigenvector_centrality_is_that_of_networkx(graph: nx.Graph, found: dict) -> None:
    largest = sorted(max(nx.connected_components(graph), key=len))

    exact = np.array(list(nx.eigenvector_centrality_numpy(graph.subgraph(largest)).values()))

    np.testing.assert_allclose(found["eigenvector"][largest], exact / exact.max(), atol=0.02)


def test_a_gene_without_edges_is_nowhere_central(found: dict) -> None:
    assert all(found[measure][GENES] == 0 for measure in MEASURES)
