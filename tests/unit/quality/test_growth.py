from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from muster.quality.growth import growth_frame, observation_rows

LoadFiles = Callable[..., None]


@pytest.fixture
def load_files(warehouse: duckdb.DuckDBPyConnection) -> LoadFiles:
    """Give a function that writes raw.files: `load_files(viability=(90, 60))`, rows now and before."""

    def load(**counts: tuple[int, int | None]) -> None:
        warehouse.execute(
            "create table raw.files (name varchar, row_count bigint, previous_row_count bigint, is_absent boolean)"
        )
        for name, (rows, before) in counts.items():
            warehouse.execute("insert into raw.files values (?, ?, ?, false)", [name, rows, before])

    return load


def rows(warehouse: duckdb.DuckDBPyConnection, release: str) -> dict[str, Any]:
    frame = growth_frame(warehouse, release)
    assert frame is not None
    return frame.data.set_index("name").to_dict("index")


def test_rows_are_held_against_those_of_the_release_before(
    warehouse: duckdb.DuckDBPyConnection, load_files: LoadFiles
) -> None:
    load_files(viability=(90, 60))

    viability = rows(warehouse, "22.1")["viability"]

    assert viability["growth_ratio"] == 1.5
    assert (viability["refused_below"], viability["refused_above"]) == (0.5, 2.0)
    assert viability["learned_from"] == "no history: fixed limits"


def test_a_table_of_a_few_rows_and_one_that_is_new_have_no_growth(
    warehouse: duckdb.DuckDBPyConnection, load_files: LoadFiles
) -> None:
    load_files(viability=(90, 49), assertions=(90, None))

    assert rows(warehouse, "22.1") == {}


def test_the_limits_of_the_calls_come_from_the_history_of_the_calls(
    warehouse: duckdb.DuckDBPyConnection, load_files: LoadFiles
) -> None:
    load_files(assertions=(110, 100), mp_ontology=(110, 100))
    warehouse.execute(
        "create table raw.release_history as select number || '.0' as release,"
        " (1000 * pow(1.02, number))::integer::varchar as phenotype_calls from range(1, 20) as rows(number)"
        " union all select '20.0', ''"
    )

    found = rows(warehouse, "20.0")

    assert found["assertions"]["learned_from"] == "18 steps of phenotype_calls before 20.0, for 1 at once"
    assert found["assertions"]["warned_above"] == pytest.approx(1.04, abs=0.005)
    assert found["mp_ontology"]["learned_from"] == "no count of the history: fixed limits"


def test_a_release_without_the_file_of_observations_has_no_growth_of_their_kinds(
    warehouse: duckdb.DuckDBPyConnection, load_files: LoadFiles, publish_marts: Callable[..., Path]
) -> None:
    published = publish_marts("22.0", genes="select 'MGI:1' as gene_id")
    (published / "manifest.json").write_text('{"marts": {}, "source_rows": {"observations, categorical": 80}}')
    load_files(viability=(90, 60))
    warehouse.execute("create table raw.observations (observation_type varchar)")

    assert set(rows(warehouse, "23.0")) == {"viability"}


def test_observations_are_counted_by_kind(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "create table raw.observations as select unnest(['text', 'categorical', 'text', 'odd']) as observation_type"
    )

    assert observation_rows(warehouse) == {"observations, categorical": 1, "observations, text": 2}


def test_a_kind_of_observation_that_is_gone_fell_to_nothing(
    warehouse: duckdb.DuckDBPyConnection, load_files: LoadFiles, publish_marts: Callable[..., Path]
) -> None:
    published = publish_marts("22.0", genes="select 'MGI:1' as gene_id")
    (published / "manifest.json").write_text('{"marts": {}, "source_rows": {"observations, categorical": 80}}')
    load_files(observations=(80, 80))
    warehouse.execute("create table raw.observations as select 'unidimensional' as observation_type")

    found = rows(warehouse, "23.0")

    assert found["observations, categorical"]["growth_ratio"] == 0
    assert found["observations"]["growth_ratio"] == 1
