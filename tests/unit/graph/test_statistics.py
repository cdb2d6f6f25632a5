from typing import Any

import pytest

from muster.graph.elements import read_elements
from muster.graph.statistics import describe


@pytest.fixture
def found(six_genes: str) -> dict[str, Any]:
    return describe(read_elements(six_genes))


def row(rows: list[dict[str, Any]], **wanted: str) -> dict[str, Any]:
    [one] = [each for each in rows if wanted.items() <= each.items()]
    return one


def test_nodes_are_counted_by_kind_and_those_without_an_edge_apart(found: dict[str, Any]) -> None:
    assert found["nodes"] == [
        {"kind": "gene", "nodes": 6, "connected": 5},
        {"kind": "go", "nodes": 2, "connected": 2},
        {"kind": "reactome", "nodes": 1, "connected": 1},
        {"kind": "tissue", "nodes": 1, "connected": 1},
        {"kind": "mp", "nodes": 2, "connected": 2},
    ]


def test_edges_are_counted_by_source_with_what_they_join(found: dict[str, Any]) -> None:
    string, go, tissue = (row(found["edges"], kind=kind) for kind in ("string", "go", "tissue"))

    assert (string["edges"], string["genes"], string["other_nodes"], string["scored"]) == (2, 3, 0, 2)
    assert string["density"] == pytest.approx(2 / 15)
    assert (go["edges"], go["genes"], go["other_nodes"]) == (3, 2, 2)
    assert go["density"] == pytest.approx(3 / 12)
    # A weak protein level is part of the profile, and no edge that paths walk.
    assert (tissue["edges"], tissue["walked"]) == (2, 1)
    assert row(found["edges"], kind="is_a")["density"] is None


def test_degrees_count_a_partner_once_whatever_names_it(found: dict[str, Any]) -> None:
    degree = row(found["degrees"], name="any interaction")

    assert (degree["none"], degree["median"], degree["mean"], degree["largest"]) == (2, 1.0, 1.0, 3.0)
    assert degree["tail"] == {"degree": [1, 3], "share": [pytest.approx(4 / 6), pytest.approx(1 / 6)]}
    assert row(found["degrees"], name="biogrid")["largest"] == 2.0


def test_hubs_are_named(found: dict[str, Any]) -> None:
    first = found["hubs"][0]

    assert (first["name"], first["degree"], first["string"], first["biogrid"], first["go"]) == ("Aaa", 3, 2, 2, 2)
    assert first["target_level"] == "Tclin"


def test_components_are_of_genes(found: dict[str, Any]) -> None:
    along = {each["name"]: each for each in found["components"]}

    assert along["interactions"]["components"] == 3
    assert along["interactions"]["largest"] == 4
    assert along["interactions"]["alone"] == 2
    assert along["interactions and what genes share"]["largest"] == 5
    assert along["interactions and what genes share"]["components"] == 2


def test_coverage_is_told_by_testing_and_by_target_level(found: dict[str, Any]) -> None:
    go = row(found["coverage"], kind="go")

    assert go["all"] == pytest.approx(2 / 6)
    assert go["tested"] == pytest.approx(2 / 3)
    assert go["untested"] == 0.0
    assert (go["Tclin"], go["Tbio"], go["Tchem"], go["no level"]) == (1.0, 0.5, None, 0.0)


def test_annotations_that_a_root_lacks_are_not_closed(found: dict[str, Any]) -> None:
    assert found["closure"] == [
        {"kind": "go", "is_closed": False, "genes": 2, "at_roots": 1, "follow": 0},
        {"kind": "mp", "is_closed": True, "genes": 2, "at_roots": None, "follow": 1},
    ]


def test_annotations_that_only_follow_from_a_narrower_term_close_them_and_are_not_walked(
    publish_marts, six_genes: str
) -> None:
    publish_marts(
        six_genes,
        annotations="""select *, 'go' as node_kind, 'name' as node_name, 'go' as source from (values
            ('MGI:1', 'GO:1', 1.0), ('MGI:1', 'GO:0008150', 0.5), ('MGI:2', 'GO:0008150', 1.0))
            as edges(gene_id, node_id, weight)""",
    )

    found = describe(read_elements(six_genes))

    assert found["closure"][0] == {"kind": "go", "is_closed": True, "genes": 2, "at_roots": 2, "follow": 1}
    assert (row(found["edges"], kind="go")["edges"], row(found["edges"], kind="go")["walked"]) == (3, 2)
    assert found["hubs"][0]["go"] == 1
