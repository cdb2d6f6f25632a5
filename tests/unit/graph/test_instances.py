"""Instance features against an oracle that lists every path and follows the reference's definition word by word."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from scipy import sparse

from muster.graph.instances import Features, PartnerSource, make_sources, node_source
from muster.graph.knowledge import KnowledgeGraph, Membership

GENES, NODES = 40, 12


@pytest.fixture
def chance() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.fixture
def members(chance: np.random.Generator) -> np.ndarray:
    """Sizes from nobody to nearly everybody; gene 0 is nowhere, gene 1 alone at its only node."""
    member = chance.random((GENES, NODES)) < np.linspace(0.0, 0.6, NODES)
    member[:2] = False
    member[:, 1] = False
    member[1, 1] = True
    return member


@pytest.fixture
def scores(chance: np.random.Generator) -> np.ndarray:
    upper = np.triu((chance.random((GENES, GENES)) < 0.12) * chance.uniform(0.15, 1.0, (GENES, GENES)), 1)
    upper[0] = 0.0
    return upper + upper.T


def paths_through_nodes(members: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Follow ProteinGraphML's `listCompute`: every path is a row, then a mean by gene and node."""
    paths = [
        (gene, node, other)
        for node in range(NODES)
        for gene in np.flatnonzero(members[:, node])
        for other in np.flatnonzero(members[:, node] & labels)
        if gene != other
    ]
    unique = len({other for _, _, other in paths})
    middle, edge = Counter(path[2] for path in paths), Counter(path[0] for path in paths)
    found = defaultdict(list)
    for gene, node, other in paths:
        found[gene, node].append(middle[other] ** -0.5 * edge[gene] ** -0.5 * unique**-0.5)
    table = np.zeros((GENES, NODES))
    for place, values in found.items():
        table[place] = np.mean(values)
    return table


def edges_to_partners(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Follow ProteinGraphML's `singleHop`, but keep both directions of an edge between two labelled genes."""
    edges = [(gene, other) for gene, other in zip(*np.nonzero(scores), strict=True) if labels[other]]
    unique = len({other for _, other in edges})
    middle, edge = Counter(gene for gene, _ in edges), Counter(other for _, other in edges)
    table = np.zeros((GENES, GENES))
    for gene, other in edges:
        table[gene, other] = middle[gene] ** -0.5 * edge[other] ** -0.5 * unique**-0.5 * scores[gene, other]
    return table


def widened(found: Features, columns: int) -> np.ndarray:
    table = np.zeros((GENES, columns))
    table[:, found.columns] = found.values.toarray()
    return table


@pytest.mark.parametrize("positives", [[], [0], [1], [1, 5], [7], [7, 8], list(range(0, 40, 3)), list(range(40))])
def test_both_blocks_equal_the_listed_paths(members: np.ndarray, scores: np.ndarray, positives: list[int]) -> None:
    labels = np.isin(np.arange(GENES), positives)

    nodes = node_source(sparse.csr_array(members.astype(float))).features(labels)
    partners = PartnerSource(sparse.csr_array(scores)).features(labels)

    np.testing.assert_allclose(widened(nodes, NODES), paths_through_nodes(members, labels), rtol=0, atol=1e-12)
    np.testing.assert_allclose(widened(partners, GENES), edges_to_partners(scores, labels), rtol=0, atol=1e-12)


def test_only_columns_with_a_path_are_kept(members: np.ndarray) -> None:
    labels = np.isin(np.arange(GENES), [1, 7])

    found = node_source(sparse.csr_array(members.astype(float))).features(labels)

    # Gene 1 is alone at node 1: there is no path through it.
    assert found.columns.tolist() == [node for node in np.flatnonzero(members[7]) if members[:, node].sum() > 1]
    assert (np.diff(found.values.tocsc().indptr) > 0).all()


def test_two_labelled_partners_both_get_the_feature(scores: np.ndarray) -> None:
    one, other = (int(place[0]) for place in np.nonzero(scores))
    labels = np.isin(np.arange(GENES), [one, other])

    table = widened(PartnerSource(sparse.csr_array(scores)).features(labels), GENES)

    assert table[one, other] > 0
    assert table[other, one] > 0


def test_a_gene_is_blind_to_its_own_label(members: np.ndarray, scores: np.ndarray) -> None:
    labels = np.isin(np.arange(GENES), [3, 7, 9, 20, 31])
    sources = (node_source(sparse.csr_array(members.astype(float))), PartnerSource(sparse.csr_array(scores)))
    sizes = (NODES, GENES)

    for gene in range(GENES):
        flipped = labels.copy()
        flipped[gene] = not labels[gene]
        for source, size in zip(sources, sizes, strict=True):
            before, after = (widened(source.features(each), size)[gene] for each in (labels, flipped))
            # U, the number of labelled genes with a path, is a factor of every gene alike.
            assert np.allclose(before * np.linalg.norm(after), after * np.linalg.norm(before), atol=1e-12)


def test_a_graph_gives_a_source_for_each_kind_of_path(members: np.ndarray, scores: np.ndarray) -> None:
    weights = sparse.csr_array(members.astype(float))
    graph = KnowledgeGraph(
        gene_ids=[f"MGI:{number:02d}" for number in range(GENES)],
        symbols=[],
        interactions={"string": sparse.csr_array(scores)},
        memberships={"go": Membership([], [], weights), "tissue": Membership([], [], weights)},
    )

    assert list(make_sources(graph)) == ["string", "go"]


def test_interactions_count_by_their_scores(scores: np.ndarray) -> None:
    graph = KnowledgeGraph([""] * GENES, [], {"string": sparse.csr_array((scores > 0).astype(float))}, {})
    labels = np.arange(GENES) % 3 == 0

    plain, scored = (
        make_sources(graph, given)["string"].features(labels).values.toarray()
        for given in ({}, {"string": sparse.csr_array(scores)})
    )

    np.testing.assert_allclose(scored, plain * scores[:, labels & scores.any(axis=0)], atol=1e-15)
