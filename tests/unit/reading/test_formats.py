import gzip
from pathlib import Path

import duckdb
import pytest

from muster.catalog import SourceFile
from muster.reading.formats import SchemaError, header_hash, select, table
from muster.reading.malformed import MalformedFileError


def write(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode()))
    return path


def read(source: SourceFile, *paths: Path) -> list[dict]:
    frame = duckdb.connect().sql(select(table("source", source, list(paths)))).df()
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def test_renamed_columns_are_called_by_our_name(tmp_path: Path) -> None:
    source = SourceFile(required=["gene_id"], renamed={"MGI Gene Id": "gene_id"})

    assert read(source, write(tmp_path / "a.csv.gz", "MGI Gene Id\nMGI:1\n")) == [{"gene_id": "MGI:1"}]


def test_two_columns_of_one_name_are_both_kept(tmp_path: Path) -> None:
    found = read(SourceFile(), write(tmp_path / "a.csv.gz", "CATEGORY,CATEGORY\nnormal,0\n"))

    assert found == [{"category": "normal", "category_2": "0"}]


def test_an_optional_column_that_is_missing_is_empty(tmp_path: Path) -> None:
    source = SourceFile(required=["a"], optional=["b"])

    assert read(source, write(tmp_path / "a.csv.gz", "a\n1\n")) == [{"a": "1", "b": None}]


def test_a_missing_required_column_is_told_with_near_names(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv.gz", "pvalue,sex\n1,male\n")

    with pytest.raises(SchemaError, match=r"lacks the required column p_value\..* p_value may now be pvalue"):
        table("assertions", SourceFile(required=["p_value", "sex"]), [path])


def test_a_file_without_header_line_may_have_more_columns_than_declared(tmp_path: Path) -> None:
    source = SourceFile(format="tsv", header=["symbol", "gene_id"], required=["symbol", "gene_id"])
    path = write(tmp_path / "a.rpt.gz", 'A"1\tMGI:1\textra\nB\tMGI:2\t\n')

    assert read(source, path) == [
        {"symbol": 'A"1', "gene_id": "MGI:1", "column_3": "extra"},
        {"symbol": "B", "gene_id": "MGI:2", "column_3": None},
    ]


def test_comment_lines_are_skipped_but_comment_signs_in_cells_stay(tmp_path: Path) -> None:
    source = SourceFile(format="tsv", comment="#")

    assert read(source, write(tmp_path / "a.tsv.gz", "# from\n# somewhere\na\n1 # one\n")) == [{"a": "1 # one"}]


def test_windows_line_ends_and_byte_order_marks_do_not_matter(tmp_path: Path) -> None:
    assert read(SourceFile(required=["a", "b"]), write(tmp_path / "a.csv.gz", "\ufeffa,b\r\n1,2\r\n")) == [
        {"a": "1", "b": "2"}
    ]


def test_rows_are_counted_over_all_parts(tmp_path: Path) -> None:
    source = SourceFile(format="jsonl", required=["a"])
    first = write(tmp_path / "part-0.json.gz", '{"a": 1}\n{"a": 2}\n')
    second = write(tmp_path / "part-1.json.gz", '{"a": 3, "late": true}\n')

    assert read(source, first, second) == [
        {"a": "1", "late": None},
        {"a": "2", "late": None},
        {"a": "3", "late": "true"},
    ]


def test_a_key_that_changes_its_spelling_from_record_to_record_is_one_column(tmp_path: Path) -> None:
    source = SourceFile(format="jsonl", required=["p_value"], renamed={"pvalue": "p_value"})
    path = write(tmp_path / "a.json.gz", '{"pvalue": 0.1}\n{"pValue": 0.2}\n')

    assert [row["p_value"] for row in read(source, path)] == ["0.1", "0.2"]


def test_a_header_hash_changes_with_the_header_alone(tmp_path: Path) -> None:
    one = write(tmp_path / "a.csv.gz", "a,b\n1,2\n")
    other = write(tmp_path / "b.csv.gz", "a,b\n3,4\n")
    renamed = write(tmp_path / "c.csv.gz", "a,c\n1,2\n")

    assert header_hash(SourceFile(), one) == header_hash(SourceFile(), other)
    assert header_hash(SourceFile(), one) != header_hash(SourceFile(), renamed)


def test_an_unreadable_json_record_is_told_when_its_keys_are_looked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json.gz", '{"a": 1}\n{"a": \n')

    with pytest.raises(MalformedFileError, match=r"a\.json\.gz line 2: .* It reads: '\{\"a\": '"):
        table("source", SourceFile(format="jsonl", required=["a"]), [path])
