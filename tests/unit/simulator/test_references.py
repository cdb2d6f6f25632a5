"""The reference files read as the public ones do."""

import pandas as pd

from muster.reading.annotations import annotations_version, read_annotations
from muster.reading.ontology import ontology_version, read_terms


def test_the_ontology_is_obo_with_several_parents_synonyms_and_a_successor(tiny_mirror) -> None:
    path = tiny_mirror.folder / "companions" / "mp.obo.gz"

    terms = {term["mp_term_id"]: term for term in read_terms(path, "MP:")}

    assert ontology_version(path) == "2024-01-15"
    assert any("|" in (term["parent_ids"] or "") for term in terms.values())
    assert terms["MP:0010024"]["exact_synonyms"] == ["increased total body fat amount (simulated)"]
    assert (terms["MP:0000004"]["obsolete"], terms["MP:0000004"]["replaced_by"]) == ("True", "MP:0010024")


def test_go_annotations_are_gaf_of_mouse_genes(tiny_mirror) -> None:
    path = tiny_mirror.folder / "companions" / "mgi.gaf.gz"
    genes = set(pd.read_csv(tiny_mirror.folder / "truth/genes.csv")["gene_id"])

    found = list(read_annotations(path))

    assert annotations_version(path) == "2024-11-01"
    assert {annotation["gene_id"] for annotation in found} <= genes
    assert {"NOT|involved_in", "involved_in"} == {annotation["qualifier"] for annotation in found}


def test_every_go_annotation_is_of_a_term_of_the_ontology_below_its_root(tiny_mirror) -> None:
    folder = tiny_mirror.folder / "companions"

    terms = {term["mp_term_id"]: term for term in read_terms(folder / "go-basic.obo.gz", "GO:")}

    assert {annotation["term_id"] for annotation in read_annotations(folder / "mgi.gaf.gz")} <= terms.keys()
    assert [term for term, told in terms.items() if told["parent_ids"] is None] == ["GO:0008150"]
    group = terms["GO:9900003"]["parent_ids"]
    assert (group, terms[group]["parent_ids"]) == ("GO:9800003", "GO:0008150")


def test_impress_holds_every_row_twice_as_the_public_copy_does(tiny_mirror) -> None:
    table = pd.read_csv(tiny_mirror.folder / "companions" / "impress_parameters_2020-07-09.csv.gz")

    assert table.duplicated().sum() == len(table) / 2
    assert table["parameterKey"].nunique() == len(table) / 2
