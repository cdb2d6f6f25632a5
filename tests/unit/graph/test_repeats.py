"""Walks that come back, on a triangle of genes at one node: small enough to count on the fingers."""

import numpy as np
import pytest
from scipy import sparse

from muster.graph import repeats
from muster.graph.hops import Hop, make_hop
from muster.graph.knowledge import KnowledgeGraph, Membership
from muster.graph.repeats import find_repeats, round_trips


@pytest.fixture
def hops() -> dict[str, Hop]:
    triangle = sparse.csr_array(1.0 - np.eye(3))
    node = Membership([], [], sparse.csr_array(np.ones((3, 1))))
    graph = KnowledgeGraph(["MGI:1", "MGI:2", "MGI:3"], [], {"string": triangle}, {"go": node, "reactome": node})
    # Undamped: every weight is 1 and a sum is a number of walks.
    return {kind: make_hop(graph, kind, 0.0) for kind in ("string", "go", "reactome")}


@pytest.mark.parametrize("chain", [["string", "string"], ["string", "go"], ["go", "string"], ["go", "reactome"]])
def test_a_gene_comes_home_by_each_of_its_two_neighbours(hops: dict[str, Hop], chain: list[str]) -> None:
    np.testing.assert_allclose(round_trips(*(hops[kind] for kind in chain)), [2, 2, 2])


@pytest.mark.parametrize("chain", [["string"] * 3, ["string", "string", "go"], ["string", "go", "string"]])
def test_a_triangle_is_closed_both_ways_around(hops: dict[str, Hop], chain: list[str]) -> None:
    found = find_repeats([hops[kind] for kind in chain])

    np.testing.assert_allclose(found.closed, [2, 2, 2])
    np.testing.assert_allclose(found.there_and_back.toarray(), 1.0 - np.eye(3))


def test_slices_of_genes_give_what_all_genes_at_once_give(
    hops: dict[str, Hop], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "ROWS", 2)

    found = find_repeats([hops["go"], hops["string"], hops["string"]])

    np.testing.assert_allclose(found.first, [2, 2, 2])
    np.testing.assert_allclose(found.closed, [2, 2, 2])
