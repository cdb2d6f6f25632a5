"""Path counts against an oracle that walks every path by hand."""

from collections.abc import Iterator

import numpy as np
import pytest
from scipy import sparse

from muster.graph.knowledge import KnowledgeGraph, Membership
from muster.graph.metapaths import MetapathError, make_hops, path_counts, usable

GENES = 30
METAPATHS = [
    *["string", "go", "string.string", "string.biogrid", "string.go", "go.string", "go.reactome"],
    *["string.string.string", "string.biogrid.string", "biogrid.string.string"],
    *["string.string.go", "string.biogrid.go", "string.go.biogrid", "string.go.string", "go.string.biogrid"],
]


@pytest.fixture(scope="module")
def graph() -> KnowledgeGraph:
    chance = np.random.default_rng(3)
    shares = {"string": 0.15, "biogrid": 0.12}
    upper = {source: np.triu(chance.random((GENES, GENES)) < share, 1) for source, share in shares.items()}
    # Sources agree on part of their edges, as real ones do; the last gene has no edge at all.
    upper["biogrid"] |= upper["string"] & (chance.random((GENES, GENES)) < 0.5)
    member = {kind: chance.random((GENES, 8)) < 0.2 for kind in ("go", "reactome")}
    for edges in (*upper.values(), *member.values()):
        edges[-1] = False
    for edges in upper.values():
        edges[:, -1] = False
    return KnowledgeGraph(
        gene_ids=[f"MGI:{number:02d}" for number in range(GENES)],
        symbols=[f"Gen{number}" for number in range(GENES)],
        interactions={source: sparse.csr_array((edges | edges.T).astype(float)) for source, edges in upper.items()},
        memberships={kind: Membership([], [], sparse.csr_array(edges.astype(float))) for kind, edges in member.items()},
    )


def by_hand(graph: KnowledgeGraph, metapath: str, labels: np.ndarray) -> np.ndarray:
    """Sum over all paths without a repeated gene: the product of every degree met, to the power of -0.5."""
    direct = {kind: matrix.toarray() for kind, matrix in graph.interactions.items()}
    member = {kind: found.weights.toarray() for kind, found in graph.memberships.items()}

    def steps(kind: str, start: int) -> Iterator[tuple[int, float]]:
        if kind in direct:
            edges = direct[kind]
            for end in np.flatnonzero(edges[start]):
                yield end, (edges[start].sum() * edges[end].sum()) ** -0.5
            return
        for node in np.flatnonzero(member[kind][start]):
            size = member[kind][:, node].sum()
            for end in np.flatnonzero(member[kind][:, node]):
                yield end, (member[kind][start].sum() * size * size * member[kind][end].sum()) ** -0.5

    def walk(kinds: list[str], path: list[int], weight: float) -> float:
        if not kinds:
            return weight * labels[path[-1]]
        return sum(
            walk(kinds[1:], [*path, end], weight * step) for end, step in steps(kinds[0], path[-1]) if end not in path
        )

    return np.array([walk(metapath.split("."), [gene], 1.0) for gene in range(GENES)])


@pytest.mark.parametrize("metapath", METAPATHS)
def test_counts_equal_the_paths_counted_by_hand(graph: KnowledgeGraph, metapath: str) -> None:
    labels = (np.random.default_rng(5).random(GENES) < 0.4).astype(float)

    ((_, counts),) = path_counts(make_hops(graph, [metapath]), [metapath], labels[:, None])

    np.testing.assert_allclose(counts[:, 0], by_hand(graph, metapath, labels), atol=1e-12)


def test_metapaths_counted_together_equal_each_alone(graph: KnowledgeGraph) -> None:
    together = dict(path_counts(make_hops(graph, METAPATHS), METAPATHS, np.eye(GENES)))

    for metapath in METAPATHS:
        ((_, alone),) = path_counts(make_hops(graph, [metapath]), [metapath], np.eye(GENES))
        np.testing.assert_array_equal(together[metapath], alone)


def test_a_gene_never_counts_its_own_label(graph: KnowledgeGraph) -> None:
    for _, counts in path_counts(make_hops(graph, METAPATHS), METAPATHS, np.eye(GENES)):
        np.testing.assert_allclose(np.diag(counts), 0.0, atol=1e-12)


def test_a_metapath_without_edges_is_left_out(graph: KnowledgeGraph) -> None:
    assert usable(graph, ["string", "kegg", "string.kegg", "go"]) == ["string", "go"]


def test_two_hops_through_nodes_are_refused(graph: KnowledgeGraph) -> None:
    with pytest.raises(MetapathError, match="use an interaction"):
        list(path_counts(make_hops(graph, ["go"]), ["go.go"], np.eye(GENES)))


@pytest.mark.parametrize(
    ("metapath", "reason"),
    [
        ("go.string.go", "use an interaction"),
        ("go.reactome.string", "5 edges; a metapath has at most 4"),
        ("string.string.string.string", "at most 3 hops"),
        ("string.kegg", "kegg: the graph has no such edges; it has string, biogrid, go, reactome"),
    ],
)
def test_what_cannot_be_counted_is_refused_with_the_reason(graph: KnowledgeGraph, metapath: str, reason: str) -> None:
    with pytest.raises(MetapathError, match=reason):
        make_hops(graph, [metapath])


def test_a_metapath_that_was_not_prepared_is_refused(graph: KnowledgeGraph) -> None:
    with pytest.raises(MetapathError, match="not among the metapaths"):
        list(path_counts(make_hops(graph, ["string", "go"]), ["string.go"], np.eye(GENES)))
