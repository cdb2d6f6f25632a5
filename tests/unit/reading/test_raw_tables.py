import gzip
from pathlib import Path

import duckdb
import pytest

from muster.catalog import SourceFile
from muster.reading import raw_tables
from muster.reading.raw_tables import Filled, fill


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
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
