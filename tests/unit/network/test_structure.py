"""Centrality, clusters and positions."""

import pandas as pd

from muster.network.structure import centrality, clusters, positions, term_graph


def graph_of(*edges: tuple[int, int], size: int):  # type: ignore[no-untyped-def]
    frame = pd.DataFrame([(*edge, 0.5) for edge in edges], columns=["first", "second", "jaccard"])
    return term_graph(pd.DataFrame({"mp_term_id": [f"MP:{number}" for number in range(size)]}), frame)


def test_the_middle_of_a_star_is_central() -> None:
    found = centrality(graph_of((0, 1), (0, 2), (0, 3), size=5))

    assert found["degree"].tolist() == [3, 1, 1, 1, 0]
    assert found["betweenness"][0] == 0.5
    assert found["eigenvector"].idxmax() == 0


def test_two_triangles_are_two_clusters_and_a_lone_term_is_none() -> None:
    graph = graph_of((0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5), (2, 3), size=7)

    assert clusters(graph) == [1, 1, 1, 2, 2, 2, 0]


def test_only_terms_with_an_edge_are_drawn() -> None:
    assert sorted(positions(graph_of((0, 1), size=3))) == [0, 1]


def test_an_empty_network_is_no_error() -> None:
    empty = graph_of(size=2)

    assert centrality(empty)["eigenvector"].tolist() == [0.0, 0.0]
    assert positions(empty) == {}
