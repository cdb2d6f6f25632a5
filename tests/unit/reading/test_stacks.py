import gzip
from pathlib import Path

import pytest

from muster.catalog import Section
from muster.reading.malformed import MalformedFileError
from muster.reading.stacks import records, split

GENES = Section(name="genes", required=["gene_symbol", "hits"], is_required=True)
LINES = Section(name="lines", required=["colony_id"], optional=["sex"], renamed={"Colony": "colony_id"})
SUMMARY = Section(name="summary", required=["phenotype", "symbols"], is_ragged=True)
CONFLICTS = Section(name="conflicts", labels="Conflicting .*", header=["phenotype", "count", "symbols"], is_ragged=True)


def write(folder: Path, text: str | bytes, name: str = "a.csv.gz") -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(text.encode() if isinstance(text, str) else text))
    return path


def tables(paths: list[Path], sections: list[Section], folder: Path) -> dict[str, list[list[str]]]:
    found = split(paths, sections, folder / "cuts")
    return {name: [record.cells for record in records(files[0])] for name, files in found.files.items()}


def test_a_file_is_split_by_the_headings_of_its_tables(tmp_path: Path) -> None:
    path = write(tmp_path, "Gene Symbol,Hits\nAbc1,2\n\nColony,Sex\nJ1,male\n")

    assert tables([path], [GENES, LINES], tmp_path) == {
        "genes": [["Gene Symbol", "Hits"], ["Abc1", "2"]],
        "lines": [["Colony", "Sex"], ["J1", "male"]],
    }


@pytest.mark.parametrize("between", ['""\n', '" "\n""\n', "\r\n", ""])
def test_whatever_stands_between_two_tables_is_no_row(tmp_path: Path, between: str) -> None:
    path = write(tmp_path, f"Gene Symbol,Hits\nAbc1,2\n{between}Colony,Sex\nJ1,male\n{between}")

    found = split([path], [GENES, LINES], tmp_path / "cuts")

    assert [len(list(records(files[0]))) for files in found.files.values()] == [2, 2]
    assert found.unplaced == []


def test_line_breaks_inside_cells_split_nothing_and_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path, 'Gene Symbol,Hits\n"Abc1","a\n\nColony,Sex\nb"\n\n"a note\nof two lines"\n')

    found = split([path], [GENES, LINES], tmp_path / "cuts")

    (heading, row) = records(found.files["genes"][0])
    assert (heading.cells, row.cells) == (["Gene Symbol", "Hits"], ["Abc1", "a\n\nColony,Sex\nb"])
    assert [(record.line, record.text) for record in found.unplaced] == [(7, '"a note\nof two lines"')]


def test_a_line_that_fits_nowhere_is_kept_with_its_place(tmp_path: Path) -> None:
    path = write(tmp_path, "written by hand\nGene Symbol,Hits\nAbc1,2\n* a note\n\nColour,Taste\nred,sweet\n")

    found = split([path], [GENES, LINES], tmp_path / "cuts")

    assert [(record.path.name, record.line, record.text) for record in found.unplaced] == [
        ("a.csv.gz", 1, "written by hand"),
        ("a.csv.gz", 4, "* a note"),
        ("a.csv.gz", 6, "Colour,Taste"),
        ("a.csv.gz", 7, "red,sweet"),
    ]


def test_a_table_without_heading_is_known_by_its_labels(tmp_path: Path) -> None:
    path = write(tmp_path, "Phenotype,Symbols\nBoth fertile,A,B,C\nBoth infertile\n\nConflicting males,2,A,B\n")

    assert tables([path], [SUMMARY, CONFLICTS], tmp_path) == {
        "summary": [["Phenotype", "Symbols"], ["Both fertile", "A|B|C"], ["Both infertile", ""]],
        "conflicts": [["phenotype", "count", "symbols"], ["Conflicting males", "2", "A|B"]],
    }


def test_a_table_in_several_files_is_one_whatever_the_order_of_its_columns(tmp_path: Path) -> None:
    paths = [
        write(tmp_path, "Colony,Sex\nJ1,male\n", "1.csv.gz"),
        write(tmp_path, "Sex,Colony\nfemale,J2\n", "2.csv.gz"),
    ]

    assert tables(paths, [LINES.model_copy(update={"keeps_file": True})], tmp_path)["lines"] == [
        ["Colony", "Sex", "source_file"],
        ["J1", "male", "1.csv.gz"],
        ["J2", "female", "2.csv.gz"],
    ]


def test_a_table_that_goes_on_with_other_columns_is_refused(tmp_path: Path) -> None:
    paths = [write(tmp_path, "Colony,Sex\nJ1,male\n", "1.csv.gz"), write(tmp_path, "Colony,Age\nJ2,9\n", "2.csv.gz")]

    with pytest.raises(
        MalformedFileError, match=r"2\.csv\.gz line 1: The table lines was begun with .* colony_id, sex"
    ):
        split(paths, [LINES], tmp_path / "cuts")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b"Gene Symbol,Hits\nAbc1,2\nZfp1,2,3\n", r"line 3: Expected Number of Columns: 2 Found: 3\. .*'Zfp1,2,3'"),
        (b'Gene Symbol,Hits\n"Abc1,2\nZfp1,2\n', r"line 2: unexpected end of data"),
        (b"Gene Symbol,Hits\nAbc1,\xff\n", r"line 2: Its bytes are not UTF-8"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_with_its_line(tmp_path: Path, text: bytes, complaint: str) -> None:
    with pytest.raises(MalformedFileError, match=rf"a\.csv\.gz {complaint}"):
        split([write(tmp_path, text)], [GENES], tmp_path / "cuts")


def test_a_cell_may_list_thousands_of_genes(tmp_path: Path) -> None:
    long = "|".join(["Abc1(MGI:1234567)"] * 30_000)
    path = write(tmp_path, f'Gene Symbol,Hits\nAbc1,"{long}"\n')

    assert tables([path], [GENES], tmp_path)["genes"][1] == ["Abc1", long]
