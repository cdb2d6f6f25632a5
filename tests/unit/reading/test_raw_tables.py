import gzip
from pathlib import Path

import duckdb
import pytest

from muster.catalog import SourceFile
from muster.reading.raw_tables import Filled, fill


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema raw")
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
