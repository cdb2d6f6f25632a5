"""An ontology is read whole, whatever its format, or refused with the line at fault."""

import gzip
import json
from pathlib import Path

import pytest

from muster.reading.malformed import MalformedFileError
from muster.reading.ontology import ontology_version, read_terms

HEAD = "format-version: 1.2\ndata-version: releases/2025-01-01\nontology: mp\n"
ROOT = """
[Term]
id: MP:0000001
name: mammalian phenotype
alt_id: MP:0009999
"""
EARS = """
[Term]
id: MP:0000003
name: abnormal ears
def: "Ears that differ." [MGI:x]
synonym: "odd ears" EXACT []
synonym: "head parts" BROAD []
is_a: MP:0000001 ! mammalian phenotype
"""
CIRCLE = """
[Term]
id: MP:0000004
name: a
is_a: MP:0000005

[Term]
id: MP:0000005
name: b
is_a: MP:0000004
"""
OBSOLETE = """
[Term]
id: MP:0000002
name: obsolete ears
is_obsolete: true
replaced_by: MP:0000003
consider: MP:0000001
"""


def obo(folder: Path, *stanzas: str) -> Path:
    path = folder / "mp.obo.gz"
    path.write_bytes(gzip.compress((HEAD + "".join(stanzas)).encode()))
    return path


def test_terms_come_with_parents_exact_synonyms_successors_and_other_ids(tmp_path: Path) -> None:
    terms = read_terms(obo(tmp_path, ROOT, EARS, OBSOLETE), "MP:")

    assert [term["mp_term_id"] for term in terms] == ["MP:0000001", "MP:0000002", "MP:0000003"]
    root, obsolete, ears = terms
    assert root["alternative_ids"] == "MP:0009999"
    assert root["parent_ids"] is None
    assert (obsolete["obsolete"], obsolete["replaced_by"], obsolete["consider"]) == ("True", "MP:0000003", "MP:0000001")
    assert ears == {
        "mp_term_id": "MP:0000003",
        "mp_term_name": "abnormal ears",
        "obsolete": "False",
        "parent_ids": "MP:0000001",
        "exact_synonyms": ["odd ears"],
        "replaced_by": None,
        "consider": None,
        "alternative_ids": None,
        "definition": "Ears that differ.",
    }


@pytest.mark.parametrize(
    ("stated", "version"),
    [
        ("releases/2025-01-01", "2025-01-01"),
        ("http://purl.obolibrary.org/obo/mp/releases/2026-08-25/mp.owl", "2026-08-25"),
        ("v7", "v7"),
    ],
)
def test_the_version_is_the_one_the_file_states(tmp_path: Path, stated: str, version: str) -> None:
    path = tmp_path / "mp.obo"
    path.write_text(f"format-version: 1.2\ndata-version: {stated}\n")

    assert ontology_version(path) == version


def test_a_term_without_a_name_is_called_by_its_id(tmp_path: Path) -> None:
    stub = "\n[Term]\nid: MP:0000009\nis_obsolete: true\n"

    assert read_terms(obo(tmp_path, ROOT, stub), "MP:")[1]["mp_term_name"] == "MP:0000009"


def test_terms_of_other_ontologies_are_left_out_and_so_are_parents_among_them(tmp_path: Path) -> None:
    stranger = "\n[Term]\nid: GO:0000001\nname: stranger\n"
    child = "\n[Term]\nid: MP:0000005\nname: child\nis_a: GO:0000001\nis_a: MP:0000001\n"

    terms = read_terms(obo(tmp_path, ROOT, stranger, child), "MP:")

    assert [(term["mp_term_id"], term["parent_ids"]) for term in terms] == [
        ("MP:0000001", None),
        ("MP:0000005", "MP:0000001"),
    ]


def test_a_parent_in_another_ontology_that_the_file_does_not_hold_is_no_fault(tmp_path: Path) -> None:
    child = "\n[Term]\nid: MP:0000005\nname: child\nis_a: BFO:0000004 ! thing\nis_a: MP:0000001\n"

    terms = read_terms(obo(tmp_path, ROOT, child), "MP:")

    assert [term["parent_ids"] for term in terms] == [None, "MP:0000001"]
    with pytest.raises(MalformedFileError, match=r"mp\.obo\.gz line 19: is_a MP:0000007, and no term"):
        read_terms(obo(tmp_path, ROOT, child, "\n[Term]\nid: MP:0000006\nname: b\nis_a: MP:0000007\n"), "MP:")


def test_an_obo_graph_gives_the_same_terms(tmp_path: Path) -> None:
    base = "http://purl.obolibrary.org/obo/"
    nodes = [
        {"id": f"{base}MP_0000001", "lbl": "mammalian phenotype", "type": "CLASS"},
        {
            "id": f"{base}MP_0000003",
            "lbl": "abnormal ears",
            "type": "CLASS",
            "meta": {"synonyms": [{"pred": "hasExactSynonym", "val": "odd ears"}]},
        },
    ]
    edges = [{"sub": f"{base}MP_0000003", "pred": "is_a", "obj": f"{base}MP_0000001"}]
    meta = {"version": f"{base}mp/releases/2025-02-02/mp.json"}
    path = tmp_path / "mp.json"
    path.write_text(json.dumps({"graphs": [{"id": f"{base}mp.json", "meta": meta, "nodes": nodes, "edges": edges}]}))

    terms = read_terms(path, "MP:")

    assert [(term["mp_term_name"], term["parent_ids"], term["exact_synonyms"]) for term in terms] == [
        ("mammalian phenotype", None, []),
        ("abnormal ears", "MP:0000001", ["odd ears"]),
    ]
    assert ontology_version(path) == "2025-02-02"


@pytest.mark.parametrize(
    ("stanza", "complaint"),
    [
        ("\n[Term]\nid: MP:0000004\nname: a\nis_a: MP:0000007\n", r"mp\.obo\.gz line 13: is_a MP:0000007, and no term"),
        (ROOT, r"mp\.obo\.gz line 11: a second term with the id MP:0000001"),
        (CIRCLE, r"is_a runs in a circle: MP:000000\d is_a MP:000000\d is_a MP:000000\d"),
        ('\n[Term]\nid: MP:0000004\nname: a\nsynonym: "no end\n', r"mp\.obo\.gz line 13: expected"),
    ],
)
def test_an_ontology_that_contradicts_itself_is_refused_with_the_place(
    tmp_path: Path, stanza: str, complaint: str
) -> None:
    with pytest.raises(MalformedFileError, match=complaint):
        read_terms(obo(tmp_path, ROOT, stanza), "MP:")


def test_a_file_that_is_no_ontology_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mp.obo"
    path.write_text("<html>Sorry</html>\n")

    with pytest.raises(MalformedFileError, match=r"mp\.obo"):
        read_terms(path, "MP:")


def test_an_ontology_without_terms_of_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedFileError, match="holds no term whose id begins with HP:"):
        read_terms(obo(tmp_path, ROOT), "HP:")
