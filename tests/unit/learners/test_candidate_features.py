"""The numbers of all genes at once against networkx, one gene at a time."""

import tracemalloc

import networkx as nx
import numpy as np
import pytest

from muster.graph.knowledge import KnowledgeGraph, Matrix, Membership
from muster.learners.candidate_features import among, set_features
from muster.learners.candidate_graph import (
    CandidateGraph,
    Place,
    make_candidate_graph,
    place_genes,
    without_pathways,
)
from muster.learners.candidate_training import training_rows
from muster.learners.gene_sets import GeneSet

GENES = 50
SHOWN = np.array([1, 4, 7, 8, 15, 22, 30, 31])
METAPATHS = ["string", "family", "string.string", "reactome"]


@pytest.fixture(scope="module")
def network() -> nx.Graph:
    return nx.gnp_random_graph(GENES, 0.12, seed=3)


@pytest.fixture(scope="module")
def graph(network: nx.Graph) -> CandidateGraph:
    chance = np.random.default_rng(2)
    ids = [f"MGI:{number:03d}" for number in range(GENES)]
    kinds = {"reactome": np.eye(GENES, 3) + 1, "family": np.eye(GENES, 20), "stage": chance.random((GENES, 6)) * 9}
    memberships = {
        kind: Membership([str(node) for node in range(values.shape[1])], ["x"] * values.shape[1], Matrix(values))
        for kind, values in kinds.items()
    }
    known = KnowledgeGraph(ids, ids, {"string": Matrix(nx.to_numpy_array(network))}, memberships)
    seen = without_pathways(known, METAPATHS)
    return make_candidate_graph(seen, {}, METAPATHS, place_genes(seen, {}, 4, seed=1))


def joined(network: nx.Graph, gene: int) -> nx.Graph:
    return network.subgraph([*SHOWN.tolist(), gene])


OUTSIDE = [gene for gene in range(GENES) if gene not in SHOWN]


def test_degree_and_clustering_among_the_set_are_those_of_networkx(graph: CandidateGraph, network: nx.Graph) -> None:
    found = among(graph, SHOWN)

    for gene in OUTSIDE:
        subgraph = joined(network, gene)
        assert found["degree among the set"][gene] == subgraph.degree(gene)
        assert found["clustering among the set"][gene] == pytest.approx(nx.clustering(subgraph, gene))


def test_closeness_among_the_set_is_the_harmonic_one_of_networkx(graph: CandidateGraph, network: nx.Graph) -> None:
    found = among(graph, SHOWN)["closeness among the set"]

    for gene in OUTSIDE:
        exact = nx.harmonic_centrality(joined(network, gene))[gene] / len(SHOWN)
        assert found[gene] == pytest.approx(exact)


def test_a_large_set_of_hubs_takes_less_memory_than_its_edges_times_its_members() -> None:
    size, members = 2000, np.arange(120)
    edges = np.random.default_rng(1).random((size, size)) < 0.3
    network = Matrix((np.triu(edges, 1) | np.triu(edges, 1).T).astype(float))
    known = KnowledgeGraph([str(gene) for gene in range(size)], ["x"] * size, {"string": network}, {})
    place = Place(np.ones((size, 2)), np.ones((size, 6)))
    graph = make_candidate_graph(known, {}, ["string"], place)

    tracemalloc.start()
    among(graph, members)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < network[members].nnz * len(members) * 8 / 2


def test_betweenness_among_the_set_counts_the_pairs_that_only_the_gene_joins() -> None:
    star = Matrix(nx.to_numpy_array(nx.star_graph(4)))
    known = KnowledgeGraph([str(gene) for gene in range(5)], ["x"] * 5, {"string": star}, {})
    graph = make_candidate_graph(known, {}, ["string"], place_genes(known, {}, 2, seed=1))

    found = among(graph, np.array([1, 2, 3, 4]))

    assert found["betweenness among the set"][0] == 6


def test_the_order_of_accessions_does_not_decide_who_is_central_among_the_set() -> None:
    # Two pairs in the set, each with a gene of its own: the leading direction is not unique.
    edges = np.zeros((6, 6))
    for one, other in ((0, 1), (2, 3), (4, 0), (5, 2)):
        edges[one, other] = edges[other, one] = 1.0
    known = KnowledgeGraph([str(gene) for gene in range(6)], ["x"] * 6, {"string": Matrix(edges)}, {})
    graph = make_candidate_graph(known, {}, ["string"], place_genes(known, {}, 2, seed=1))

    found = among(graph, np.array([0, 1, 2, 3]))["eigenvector among the set"]

    assert found[4] == pytest.approx(found[5])
    assert found[4] == pytest.approx(0.5)


def test_pathways_are_in_no_feature(graph: CandidateGraph) -> None:
    ((names, _),) = set_features(graph, [SHOWN])

    assert graph.known.memberships.keys() == {"family", "stage"}
    assert graph.metapaths == ["string", "family", "string.string"]
    assert not [name for name in names if "reactome" in name]


def test_a_set_is_answered_as_alone_whatever_is_asked_beside_it(graph: CandidateGraph) -> None:
    ((_, alone),) = set_features(graph, [SHOWN])

    _, (_, beside), _ = set_features(graph, [np.array([0, 2, 3]), SHOWN, np.arange(9, 20)])

    np.testing.assert_allclose(alone, beside, rtol=1e-6)


def test_the_numbers_of_a_gene_do_not_depend_on_whether_it_is_hidden(graph: CandidateGraph) -> None:
    hidden, other = np.array([2, 5]), np.array([3, 6])

    one, two = (
        training_rows(graph, [GeneSet("R", "R", "R", SHOWN, chosen)], GENES, seed=1) for chosen in (hidden, other)
    )

    by_gene = []
    for rows, chosen in ((one, hidden), (two, other)):
        rest = np.setdiff1d(np.arange(GENES), [*SHOWN, *chosen])
        by_gene.append(dict(zip([*chosen, *rest], rows.values.tolist(), strict=True)))
    assert len(by_gene[0]) == GENES - len(SHOWN)
    assert str(by_gene[0][2]) == str(by_gene[1][2])
    assert all(str(by_gene[0][gene]) == str(by_gene[1][gene]) for gene in by_gene[0])


def test_a_gene_that_was_not_measured_has_no_coexpression(graph: CandidateGraph) -> None:
    ((names, values),) = set_features(graph, [SHOWN])

    assert np.isfinite(values[:, names.index("coexpression by stage")]).all()
    assert np.abs(values[:, names.index("coexpression by stage")]).max() <= 1.0 + 1e-6
