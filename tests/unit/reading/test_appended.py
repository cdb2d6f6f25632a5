"""Rows of another source join a raw table by column name; the release's own row wins."""

import gzip
import json
from pathlib import Path

import duckdb
import pytest

from muster.catalog import SourceFile
from muster.reading.appended import append
from muster.reading.malformed import MalformedFileError
from muster.reading.raw_tables import show


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema landed; create schema raw")
    connection.execute(
        "create table landed.observations as"
        " select 'o1' as observation_id, 'own' as category, null::varchar as metadata"
    )
    show(connection, "observations")
    return connection


def categories(warehouse: duckdb.DuckDBPyConnection, observation_id: str) -> list[str]:
    found = warehouse.execute("select category from raw.observations where observation_id = ?", [observation_id])
    return [category for (category,) in found.fetchall()]


def write(folder: Path, *records: dict) -> Path:
    path = folder / "rows.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(record) + "\n" for record in records).encode()))
    return path


def test_rows_are_appended_by_name_and_numbered_on(warehouse, tmp_path: Path) -> None:
    path = write(tmp_path, {"category": "a", "observation_id": "o2", "mood": "calm"}, {"observation_id": "o3"})

    told = append(warehouse, "observations", SourceFile(format="jsonl"), path, "jsonl")

    assert warehouse.execute("select observation_id, category, mood, source_row from raw.observations").fetchall() == [
        ("o1", "own", None, 1),
        ("o2", "a", "calm", 2),
        ("o3", None, None, 3),
    ]
    assert (told.row_count, told.repeated_count, told.unknown_columns) == (2, 0, ["mood"])


def test_a_row_the_release_has_already_stays_as_the_release_has_it(warehouse, tmp_path: Path) -> None:
    path = write(tmp_path, {"observation_id": "o1", "category": "theirs"}, {"observation_id": "o2"})

    told = append(warehouse, "observations", SourceFile(format="jsonl"), path, "jsonl")

    assert (told.row_count, told.repeated_count) == (1, 1)
    assert warehouse.execute("select category from raw.observations where observation_id = 'o1'").fetchall() == [
        ("own",)
    ]


def test_lists_stay_lists_where_the_release_s_file_has_lists_and_are_joined_where_it_is_a_table(
    warehouse, tmp_path: Path
) -> None:
    path = write(tmp_path, {"observation_id": "o2", "metadata": ["a = 1", "b = 2"]})

    append(warehouse, "observations", SourceFile(format="jsonl"), path, "jsonl")
    append(
        warehouse,
        "observations",
        SourceFile(),
        write(tmp_path, {"observation_id": "o3", "metadata": ["x", "y"]}),
        "jsonl",
    )

    found = warehouse.execute(
        "select metadata from raw.observations where source_row > 1 order by source_row"
    ).fetchall()
    assert found == [('["a = 1","b = 2"]',), ("x,y",)]


def test_columns_that_a_release_spells_otherwise_are_called_as_in_the_table(warehouse, tmp_path: Path) -> None:
    source = SourceFile(format="jsonl", renamed={"class": "category"})

    append(warehouse, "observations", source, write(tmp_path, {"observationId": "o2", "class": "odd"}), "jsonl")

    assert warehouse.execute("select category from raw.observations where observation_id = 'o2'").fetchall() == [
        ("odd",)
    ]


def test_a_row_that_cannot_be_read_is_told_with_its_line(warehouse, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"observation_id": "o2"}\n{"observation_id": \n'))

    with pytest.raises(MalformedFileError, match=r"rows\.jsonl\.gz line 2"):
        append(warehouse, "observations", SourceFile(format="jsonl"), path, "jsonl")


def test_a_table_made_of_a_wide_matrix_takes_no_rows(warehouse, tmp_path: Path) -> None:
    path = write(tmp_path, {"observation_id": "o2"})

    with pytest.raises(MalformedFileError, match="observations is made of a wide matrix"):
        append(warehouse, "observations", SourceFile(melted=["observation_id"]), path, "jsonl")

    assert warehouse.execute("select count(*) from raw.observations").fetchall() == [(1,)]
