import numpy as np
import pytest

from muster.graph.knowledge import KnowledgeGraph, read_graph
from muster.graph.summary import FROM_GENES, SUBJECTS, summarise

GENES = """select * from (values ('MGI:1', 'PTHR1:SF1'), ('MGI:2', 'PTHR1:SF1'), ('MGI:3', null))
    as genes(gene_id, subfamily_id) cross join (select null::varchar as symbol, 'Tbio' as target_level, 0.5 as loeuf)"""
FAMILIES = """select gene_id, 'PTHR1' as node_id, 'family' as node_kind, 1.0 as weight, 'a family' as node_name
    from (values ('MGI:1'), ('MGI:2')) as members(gene_id)"""


@pytest.fixture
def graph(publish_marts) -> KnowledgeGraph:
    publish_marts("1.0", genes=GENES, annotations=FAMILIES)
    return read_graph("1.0")


def test_relatives_are_counted_and_whoever_has_none_stands_alone(graph: KnowledgeGraph) -> None:
    found = summarise("1.0", graph)

    assert found["family_size"].tolist() == [2, 2, 1]
    assert found["has_paralogue"].tolist() == [1, 1, 0]
    np.testing.assert_array_equal(found["subfamily_size"], [2, 2, np.nan])


def test_a_build_without_a_later_source_has_it_unknown(graph: KnowledgeGraph) -> None:
    found = summarise("1.0", graph)

    assert found["loeuf"].tolist() == [0.5] * 3
    assert found[[name for name in FROM_GENES if name != "loeuf"]].isna().all(axis=None)


def test_every_number_has_a_subject_and_every_subject_its_numbers(graph: KnowledgeGraph) -> None:
    told = [name for members in SUBJECTS.values() for name in members]

    assert sorted(told) == sorted(summarise("1.0", graph).columns)
