"""Companions in formats of their own become tables like the others."""

import gzip
import zipfile
from pathlib import Path

import duckdb
import pytest

from muster.catalog import SourceFile, catalog
from muster.reading import formats
from muster.reading.conversions import readable
from muster.reading.malformed import MalformedFileError


def read(source: SourceFile, paths: list[Path], place: Path) -> list[dict]:
    with readable(source, paths, place / "conversions") as (plain, ready):
        sql = formats.select(formats.table("companion", plain, ready))
        frame = duckdb.connect().sql(sql).df()
    assert not (place / "conversions").exists()
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def packed(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode()))
    return path


def test_a_plain_table_reads_as_its_compressed_twin(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("term_id,gene_symbol\nGO:1,A\n")

    assert read(SourceFile(), [path], tmp_path) == [{"term_id": "GO:1", "gene_symbol": "A"}]


def test_a_zip_with_one_file_reads_as_that_file(tmp_path: Path) -> None:
    path = tmp_path / "ReactomePathways.gmt.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ReactomePathways.gmt", "Translation\tR-HSA-72766\tAARS2\tABCE1\n")

    assert read(SourceFile(format="gmt"), [path], tmp_path) == [
        {"name": "Translation", "term_id": "R-HSA-72766", "gene_symbols": "AARS2|ABCE1"}
    ]


def test_a_zip_with_several_files_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "")
        archive.writestr("b", "")

    with pytest.raises(MalformedFileError, match="one file is expected in it, not 2"):
        read(SourceFile(format="gmt"), [path], tmp_path)


def test_string_links_become_pairs_of_symbols_above_the_declared_score(tmp_path: Path) -> None:
    links = "protein1 protein2 combined_score\n10090.P1 10090.P2 900\n10090.P2 10090.P1 900\n10090.P1 10090.P3 699\n"
    info = "#string_protein_id\tpreferred_name\tprotein_size\tannotation\n"
    info += '10090.P1\tPax6\t1\tsays "x"\n10090.P2\tSox2\t2\ty\n10090.P3\tTbx1\t3\tz\n'
    source = catalog().companions["string_interactions"].form_at("10090.protein.links.v12.0.txt.gz")
    paths = [packed(tmp_path / "links.txt.gz", links), packed(tmp_path / "info.txt.gz", info)]

    assert read(source, paths, tmp_path) == [{"interactor_a": "Pax6", "interactor_b": "Sox2", "score": "900.0"}]


def test_of_a_gene_s_transcripts_gnomad_s_mane_select_is_kept(tmp_path: Path) -> None:
    header = "gene\tgene_id\ttranscript\tcanonical\tmane_select\tlof.oe_ci.upper\tmis.oe_ci.upper\n"
    rows = [
        "PAX6\tENSG1\tENST1\ttrue\tfalse\t0.5\t0.6",
        "PAX6\tENSG1\tENST2\tfalse\ttrue\t0.1\t0.2",
        "PAX6\t5080\tNM_1\ttrue\ttrue\t0.3\t0.4",
        "SOX2\tENSG2\tENST3\ttrue\tfalse\tNA\t0.7",
        "SOX2\tENSG2\tENST4\tfalse\tfalse\t0.8\t0.9",
    ]
    path = tmp_path / "gnomad.v4.1.constraint_metrics.tsv"
    path.write_text(header + "\n".join(rows) + "\n")

    found = read(catalog().companions["gene_constraint"].form_at(path.name), [path], tmp_path)

    assert sorted((row["gene_symbol"], row["oe_lof_upper"], row["oe_mis_upper"]) for row in found) == [
        ("PAX6", "0.1", "0.2"),
        ("SOX2", "NA", "0.7"),
    ]


def test_terms_of_another_ontology_are_not_called_terms_of_mp(tmp_path: Path) -> None:
    terms = [
        ("GO:0000001", ["name: growth", "alt_id: GO:0000009"]),
        ("GO:0000002", ["name: cell growth", "is_a: GO:0000001"]),
    ]
    path = tmp_path / "go-basic.obo"
    stanzas = ["[Term]\n" + "\n".join([f"id: {term_id}", *lines]) for term_id, lines in terms]
    path.write_text("\n\n".join(["format-version: 1.2\nontology: go", *stanzas]) + "\n")

    found = read(catalog().companions["go_ontology"], [path], tmp_path)

    columns = ("term_id", "term_name", "parent_ids", "alternative_ids")
    assert [tuple(row[name] for name in columns) for row in found] == [
        ("GO:0000001", "growth", None, "GO:0000009"),
        ("GO:0000002", "cell growth", "GO:0000001", None),
    ]


def test_a_row_that_stands_twice_in_impress_is_read_once(tmp_path: Path) -> None:
    text = "parameterId,parameterKey,type,name,valueType,procedureId\n" + "1,A_1,simpleParameter,Weight,FLOAT,7\n" * 2
    source = catalog().companions["impress_parameters"]

    found = read(source, [packed(tmp_path / "impress.csv.gz", text)], tmp_path)

    assert [row["parameter_stable_id"] for row in found] == ["A_1"]


def test_panther_names_the_mouse_gene_and_the_family_of_each_subfamily(tmp_path: Path) -> None:
    rows = [
        "MOUSE|MGI=MGI=97788|UniProtKB=Q99LS3\t\tPTHR43344:SF2\tPHOSPHATASE\tPSPH\tx\ty\tz\tc\tp",
        "MOUSE|Ensembl=ENSMUSG1|UniProtKB=Q1\t\tPTHR1:SF1\tOTHER\tO\tx\ty\tz\tc\tp",
    ]
    path = tmp_path / "PTHR19.0_mouse"
    path.write_text("\n".join(rows) + "\n")

    (found,) = read(catalog().companions["gene_families"].form_at(path.name), [path], tmp_path)

    assert (found["mgi_id"], found["panther_family"], found["family_name"], found["panther_subfamily"]) == (
        "MGI:97788",
        "PTHR43344",
        "PHOSPHATASE",
        "PTHR43344:SF2",
    )


def test_levels_in_words_become_the_levels_of_the_table(tmp_path: Path) -> None:
    text = "Gene\tGene name\tTissue\tCell type\tLevel\tReliability\n"
    text += "ENSG1\tTP53\tappendix\tglandular cells\tMedium\tApproved\nENSG1\tTP53\tliver\thepatocytes\tN/A\tApproved\n"
    path = tmp_path / "normal_tissue.tsv.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("normal_tissue.tsv", text)

    found = read(catalog().companions["protein_levels"].form_at(path.name), [path], tmp_path)

    assert found == [{"human_symbol": "TP53", "name": "appendix.glandular_cells", "value": "2"}]
