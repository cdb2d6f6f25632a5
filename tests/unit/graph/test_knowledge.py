import numpy as np
import pytest
from scipy import sparse

from muster.graph.embedding import compress, embed
from muster.graph.knowledge import KnowledgeGraph, read_graph, read_scores
from muster.graph.summary import summarise


@pytest.fixture
def graph(publish_marts) -> KnowledgeGraph:
    publish_marts(
        "1.0",
        genes="""select * from (values ('MGI:1', 'Aaa', 0.3, 'Tclin'), ('MGI:2', 'Bbb', null, null),
            ('MGI:3', null, 0.9, 'Tdark')) as genes(gene_id, symbol, loeuf, target_level)
            cross join (select null::double as missense_oe, null::double as shet, null::double as novelty)""",
        interactions="""select * from (values ('MGI:1', 'MGI:3', 'string'), ('MGI:1', 'MGI:9', 'string'))
            as edges(gene_id_a, gene_id_b, source)""",
        annotations="""select * from (values ('MGI:1', 'GO:1', 'go', 1.0), ('MGI:3', 'GO:1', 'go', 1.0),
            ('MGI:1', 'HPA:a', 'tissue', 1.0), ('MGI:3', 'HPA:a', 'tissue', 3.0))
            as edges(gene_id, node_id, node_kind, weight) cross join (select 'a name' as node_name)""",
    )
    return read_graph("1.0")


def test_edges_to_genes_outside_the_universe_are_left_out(graph: KnowledgeGraph) -> None:
    assert graph.interactions["string"].toarray().tolist() == [[0, 0, 1], [0, 0, 0], [1, 0, 0]]


def test_scores_are_symmetric_and_only_of_sources_that_give_them(publish_marts) -> None:
    publish_marts(
        "1.0",
        interactions="""select * from (values ('MGI:1', 'MGI:3', 'string', 0.7), ('MGI:2', 'MGI:3', 'string', 0.15),
            ('MGI:1', 'MGI:9', 'string', 0.9), ('MGI:1', 'MGI:2', 'biogrid', null))
            as edges(gene_id_a, gene_id_b, source, score)""",
    )

    scores = read_scores("1.0", ["MGI:1", "MGI:2", "MGI:3"])

    assert scores.keys() == {"string"}
    assert scores["string"].toarray().tolist() == [[0, 0, 0.7], [0, 0, 0.15], [0.7, 0.15, 0]]


def test_a_gene_without_a_symbol_goes_by_its_accession(graph: KnowledgeGraph) -> None:
    assert graph.symbols == ["Aaa", "Bbb", "MGI:3"]


def test_a_low_protein_level_is_no_edge(graph: KnowledgeGraph) -> None:
    assert graph.memberships["tissue"].edges("tissue").toarray().ravel().tolist() == [0, 0, 1]


def test_a_gene_that_was_not_measured_has_no_breadth_and_a_gene_without_pathways_has_none(graph) -> None:
    summary = summarise("1.0", graph)

    assert summary["interaction_degree"].tolist() == [1, 0, 1]
    assert summary["go_count"].tolist() == [1, 0, 1]
    np.testing.assert_array_equal(summary["expression_breadth"], [0, np.nan, 1])
    np.testing.assert_array_equal(summary["target_level_rank"], [3, np.nan, 0])


def test_an_embedding_is_the_same_each_time_and_zero_for_a_gene_without_edges(graph: KnowledgeGraph) -> None:
    first, second = embed(graph, 2), embed(graph, 2)

    assert first.tobytes() == second.tobytes()
    assert first[1].tolist() == [0, 0]


def test_the_largest_part_of_a_direction_is_positive() -> None:
    vectors = compress(sparse.csr_array(np.array([[-3.0, 0.1], [0.0, -1.0], [0.2, 0.0]])), 1)

    assert vectors[0, 0] == pytest.approx(3.0, abs=0.05)
