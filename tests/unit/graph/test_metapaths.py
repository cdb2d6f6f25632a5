"""Path counts against an oracle that walks every path by hand."""

from itertools import product

import numpy as np
import pytest
from scipy import sparse

from muster.graph.knowledge import KnowledgeGraph, Membership
from muster.graph.metapaths import MetapathError, make_hops, path_counts, usable

GENES = 30


@pytest.fixture(scope="module")
def graph() -> KnowledgeGraph:
    chance = np.random.default_rng(3)
    upper = np.triu(chance.random((GENES, GENES)) < 0.15, 1)
    member = chance.random((GENES, 8)) < 0.2
    return KnowledgeGraph(
        gene_ids=[f"MGI:{number:02d}" for number in range(GENES)],
        symbols=[f"Gen{number}" for number in range(GENES)],
        interactions={"string": sparse.csr_array((upper | upper.T).astype(float))},
        memberships={"go": Membership([], [], sparse.csr_array(member.astype(float)))},
    )


def by_hand(graph: KnowledgeGraph, metapath: str, labels: np.ndarray) -> np.ndarray:
    """Sum over all paths without a repeated gene: the product of every degree met, to the power of -0.5."""
    edges = graph.interactions["string"].toarray()
    member = graph.memberships["go"].weights.toarray()

    def hop(kind: str, start: int, end: int) -> float:
        if start == end:
            return 0.0
        if kind == "string":
            return edges[start, end] * (edges[start].sum() * edges[end].sum()) ** -0.5 if edges[start, end] else 0.0
        shared = [node for node in range(member.shape[1]) if member[start, node] and member[end, node]]
        return sum((member[start].sum() * member[end].sum()) ** -0.5 / member[:, node].sum() for node in shared)

    kinds, counts = metapath.split("."), np.zeros(GENES)
    for path in product(range(GENES), repeat=len(kinds) + 1):
        if len(set(path)) == len(path):
            weights = [hop(kind, path[place], path[place + 1]) for place, kind in enumerate(kinds)]
            counts[path[0]] += np.prod(weights) * labels[path[-1]]
    return counts


@pytest.mark.parametrize("metapath", ["string", "go", "string.string", "string.go", "go.string"])
def test_counts_equal_the_paths_counted_by_hand(graph: KnowledgeGraph, metapath: str) -> None:
    labels = (np.random.default_rng(5).random(GENES) < 0.4).astype(float)

    ((_, counts),) = path_counts(make_hops(graph, [metapath]), [metapath], labels[:, None])

    np.testing.assert_allclose(counts[:, 0], by_hand(graph, metapath, labels), atol=1e-12)


def test_a_gene_never_counts_its_own_label(graph: KnowledgeGraph) -> None:
    metapaths = ["string", "go", "string.string", "string.go"]

    for _, counts in path_counts(make_hops(graph, metapaths), metapaths, np.eye(GENES)):
        np.testing.assert_allclose(np.diag(counts), 0.0, atol=1e-12)


def test_a_metapath_without_edges_is_left_out(graph: KnowledgeGraph) -> None:
    assert usable(graph, ["string", "reactome", "string.reactome", "go"]) == ["string", "go"]


def test_two_hops_through_nodes_are_refused(graph: KnowledgeGraph) -> None:
    with pytest.raises(MetapathError, match="use an interaction"):
        list(path_counts(make_hops(graph, ["go"]), ["go.go"], np.eye(GENES)))
