from muster.graph.knowledge import read_graph
from muster.graph.phenotypes import read_phenotypes


def test_calls_are_closed_over_is_a_and_a_tested_gene_is_no_member(six_genes: str) -> None:
    phenotypes = read_phenotypes(six_genes, read_graph(six_genes).gene_ids)

    assert phenotypes.node_ids == ["MP:1", "MP:2"]
    assert phenotypes.node_names == ["abnormal tail", "short tail"]
    assert phenotypes.weights.toarray().tolist() == [[1, 1], [0, 0], [0, 0], [1, 0], [0, 0], [0, 0]]


def test_genes_that_nobody_asked_about_are_left_out(six_genes: str) -> None:
    phenotypes = read_phenotypes(six_genes, ["MGI:2", "MGI:4"])

    assert phenotypes.node_ids == ["MP:1"]
    assert phenotypes.weights.toarray().tolist() == [[0], [1]]


def test_the_graph_that_features_are_made_from_holds_no_labels(six_genes: str) -> None:
    assert set(read_graph(six_genes).memberships) == {"go", "reactome", "tissue"}
