import numpy as np
import pytest

from muster.graph.elements import Elements, UnknownKindError, available_kinds, read_elements


def named(elements: Elements) -> set[tuple[str, str, str]]:
    ids = elements.nodes["id"].tolist()
    edges = elements.edges
    return {(ids[a], ids[b], str(kind)) for a, b, kind in zip(edges["a"], edges["b"], edges["kind"], strict=True)}


def test_genes_come_first_and_only_nodes_that_an_edge_reaches_follow(six_genes: str) -> None:
    elements = read_elements(six_genes)

    assert elements.nodes["id"].tolist()[:6] == [f"MGI:{number}" for number in range(1, 7)]
    assert elements.nodes["id"].tolist()[6:] == ["GO:0008150", "GO:1", 'R-"1"&', "HPA:a", "MP:1", "MP:2"]
    assert elements.nodes["kind"].tolist()[6:] == ["go", "go", "reactome", "tissue", "mp", "mp"]


def test_partners_are_counted_once_and_hits_of_untested_genes_are_no_zeros(six_genes: str) -> None:
    genes = read_elements(six_genes, ["go"]).nodes.head(6)

    assert genes["degree"].tolist() == [3, 1, 1, 1, 0, 0]
    np.testing.assert_array_equal(genes["hit_count"].astype(float), [2, 0, np.nan, 1, np.nan, np.nan])


def test_each_edge_has_its_kind_and_edges_to_strangers_are_left_out(six_genes: str) -> None:
    assert named(read_elements(six_genes, ["string", "mp", "is_a"])) == {
        ("MGI:1", "MGI:2", "string"),
        ("MGI:1", "MGI:3", "string"),
        ("MGI:1", "MP:1", "mp"),
        ("MGI:1", "MP:2", "mp"),
        ("MGI:4", "MP:1", "mp"),
        ("MP:2", "MP:1", "is_a"),
    }


def test_a_kind_that_is_not_there_is_refused_with_those_that_are(six_genes: str) -> None:
    assert available_kinds(six_genes) == ["biogrid", "string", "go", "reactome", "tissue", "mp", "is_a"]
    with pytest.raises(UnknownKindError, match=r"^hpo: the graph of 1\.0 has no edges .* biogrid, string, go, react"):
        read_elements(six_genes, ["go", "hpo"])


def test_a_neighbourhood_holds_the_edges_between_neighbours(six_genes: str) -> None:
    elements = read_elements(six_genes, ["string", "go"])

    near = elements.neighbourhood(np.array([1]), 1)

    assert near.nodes["id"].tolist() == ["MGI:1", "MGI:2", "GO:1"]
    assert named(near) == {("MGI:1", "MGI:2", "string"), ("MGI:1", "GO:1", "go"), ("MGI:2", "GO:1", "go")}
    assert elements.neighbourhood(np.array([1]), 2).nodes["id"].tolist() == [
        "MGI:1",
        "MGI:2",
        "MGI:3",
        "GO:0008150",
        "GO:1",
    ]


def test_without_hops_only_the_edges_between_the_genes_are_left(six_genes: str) -> None:
    near = read_elements(six_genes).neighbourhood(np.array([0, 3]), 0)

    assert named(near) == {("MGI:1", "MGI:4", "biogrid")}


def test_a_release_without_edges_is_its_genes(publish_marts) -> None:
    genes = "select 'MGI:1' as gene_id, 'A' as symbol, 'A' as human_symbol, '' as target_level, '' as target_family,"
    numbers = "1.0 as novelty, 1.0 as loeuf, 1.0 as missense_oe, 1.0 as shet, true as is_tested,"
    publish_marts("1.0", genes=f"{genes} {numbers} true as has_one_to_one_orthologue, 1 as hit_count")

    elements = read_elements("1.0")

    assert (len(elements.nodes), len(elements.edges), elements.gene_count) == (1, 0, 1)
