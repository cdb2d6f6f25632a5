import gzip
from pathlib import Path

import duckdb
import pytest

from muster.catalog import Section, SourceFile
from muster.reading import raw_tables
from muster.reading.raw_tables import Contents, Filled, fill, fill_all


@pytest.fixture
def warehouse(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(tmp_path / "x.duckdb")
    connection.execute("create schema landed; create schema raw")
    return connection


def test_repeats_are_counted_without_the_number_of_the_copy(warehouse, tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(b"a,_version_\n1,7\n1,8\n,9\n2,7\n"))
    source = SourceFile(required=["a"], optional=["_version_"], renamed={"_version_": "_version_"})

    assert fill(warehouse, "x", source, [path]) == Filled(4, 1, [])


def test_without_files_there_are_columns_and_no_row(warehouse) -> None:
    assert fill(warehouse, "x", SourceFile(required=["a"], optional=["b"]), []) == Filled(0, 0, [])

    assert warehouse.sql("select * from raw.x").columns == ["a", "b", "source_row"]
    assert [str(kind) for kind in warehouse.sql("select * from raw.x").types] == ["VARCHAR", "VARCHAR", "BIGINT"]


def test_repeats_are_counted_alike_in_one_turn_and_in_many(warehouse, tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(b"a\n" + b"".join(b"%d\n" % (number % 70) for number in range(100))))
    monkeypatch.setattr(raw_tables, "COUNTED_AT_ONCE", 9)

    assert fill(warehouse, "x", SourceFile(required=["a"]), [path]) == Filled(100, 30, [])

    assert [name for (name,) in warehouse.execute("select table_name from duckdb_tables()").fetchall()] == ["x"]


def test_rows_are_numbered_over_all_files_in_their_order(warehouse, tmp_path: Path) -> None:
    paths = [tmp_path / f"part-{part}.json.gz" for part in range(3)]
    for part, path in enumerate(paths):
        path.write_bytes(gzip.compress(b"".join(b'{"a": %d}\n' % (part * 5000 + row) for row in range(5000))))

    fill(warehouse, "x", SourceFile(format="jsonl", required=["a"]), paths)

    unlike = "select count(*), count(*) filter (where a::int <> source_row - 1) from raw.x"
    assert warehouse.execute(unlike).fetchall() == [(15_000, 0)]


def test_each_table_of_a_stacked_file_is_a_raw_table_and_a_missing_one_is_empty(warehouse, tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(b"A,B\n1,2\n\nC,D\n3,4\n"))
    names = {"upper": ["a"], "lower": ["c"], "lost": ["e", "f"]}
    source = SourceFile(sections=[Section(name=name, required=columns) for name, columns in names.items()])

    found = fill_all(warehouse, "x", source, [path])

    tables = {"upper": Filled(1, 0, ["b"]), "lower": Filled(1, 0, ["d"]), "lost": Filled(0, 0, [])}
    assert found == Contents(tables, {"lost"}, [])
    assert warehouse.sql("select a, b, source_row from raw.upper").fetchall() == [("1", "2", 1)]
    assert warehouse.sql("select c, d, source_row from raw.lower").fetchall() == [("3", "4", 1)]
    assert warehouse.sql("from raw.lost").columns == ["e", "f", "source_row"]
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_an_absent_stacked_file_leaves_all_its_tables_empty(warehouse) -> None:
    source = SourceFile(sections=[Section(name="upper", required=["a"], is_required=True)])

    assert fill_all(warehouse, "x", source, []) == Contents({"upper": Filled(0, 0, [])}, {"upper"}, [])


def test_a_document_becomes_a_row_a_value(warehouse, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"a": {"b": 1}}')
    source = SourceFile(format="json", required=["key_path", "value"])

    fill_all(warehouse, "x", source, [path])

    assert warehouse.sql("select key_path, value from raw.x").fetchall() == [("a/b", "1")]
