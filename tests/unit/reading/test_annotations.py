"""GAF lines are read by their columns; one that is none is told with its line."""

import gzip
from pathlib import Path

import pytest

from muster.reading.annotations import annotations_version, read_annotations
from muster.reading.malformed import MalformedFileError

CELLS = ["MGI", "MGI:97490", "Pax6", "NOT|enables", "GO:0003677", "PMID:1", "IDA", "", "F", "", "", "protein"]
LINE = "\t".join([*CELLS, "taxon:10090", "20240101", "MGI", "", ""]) + "\n"
HEAD = "!gaf-version: 2.2\n!date-generated: 2024-09-08T00:11\n"


def gaf(folder: Path, text: str) -> Path:
    path = folder / "mgi.gaf.gz"
    path.write_bytes(gzip.compress(text.encode()))
    return path


def test_an_annotation_is_read_with_its_qualifier_and_evidence(tmp_path: Path) -> None:
    found = list(read_annotations(gaf(tmp_path, HEAD + LINE)))

    assert found == [
        {
            "term_id": "GO:0003677",
            "gene_id": "MGI:97490",
            "mouse_symbol": "Pax6",
            "qualifier": "NOT|enables",
            "evidence": "IDA",
            "aspect": "F",
            "reference": "PMID:1",
        }
    ]


def test_a_gene_id_without_its_database_gets_it(tmp_path: Path) -> None:
    (found,) = read_annotations(gaf(tmp_path, LINE.replace("MGI:97490", "97490")))

    assert found["gene_id"] == "MGI:97490"


def test_the_version_is_the_day_the_header_says(tmp_path: Path) -> None:
    assert annotations_version(gaf(tmp_path, HEAD + LINE)) == "2024-09-08"
    assert annotations_version(gaf(tmp_path, LINE)) == ""


def test_a_line_that_is_no_annotation_is_told_with_its_number(tmp_path: Path) -> None:
    with pytest.raises(MalformedFileError, match=r"mgi\.gaf\.gz line 4: 2 columns, .* It reads: 'MGI.tMGI:1'"):
        list(read_annotations(gaf(tmp_path, HEAD + LINE + "MGI\tMGI:1\n")))


def test_a_file_without_annotations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedFileError, match="holds no annotation"):
        list(read_annotations(gaf(tmp_path, HEAD)))
