import json
import math
from collections.abc import Callable
from pathlib import Path

import duckdb

from muster.quality.counts import count_frame, duplicate_rows, is_counted

FILES = (
    "create table raw.files as select * from (values ('viability', 90, 30, 60, false), ('assertions', 0, 0, null, true)"
    ") as rows(name, row_count, duplicate_count, previous_row_count, is_absent)"
)


def test_duplicates_are_a_share_of_the_file(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(FILES)

    frame = count_frame(warehouse, "raw", "files", "22.1")

    assert frame is not None
    assert frame.data.set_index("name").loc["viability", "duplicate_share"] == 30 / 90


def test_an_absent_file_has_no_share(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(FILES)

    frame = count_frame(warehouse, "raw", "files", "22.1")

    assert frame is not None
    assert math.isnan(frame.data.set_index("name").loc["assertions", "duplicate_share"])


def test_a_table_of_the_warehouse_is_not_counted() -> None:
    assert is_counted("raw", "growth")
    assert not is_counted("raw", "viability")


def test_genes_are_held_against_the_release_notes(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("create table raw.release as select '22.0' as release")
    warehouse.execute("create table raw.release_history as select '22.0' as release, '4' as phenotyped_genes")
    warehouse.execute(
        "create table raw.phenotype_hits_per_gene as select unnest(['MGI:1', 'MGI:2', 'Total']) as gene_id"
    )

    frame = count_frame(warehouse, "raw", "release", "22.0")

    assert frame is not None
    assert frame.data["gene_share"].tolist() == [0.5]


def test_marts_are_compared_with_the_last_published_release(
    warehouse: duckdb.DuckDBPyConnection, publish_marts: Callable[..., Path]
) -> None:
    published = publish_marts("22.0", genes="select unnest(range(2)) as gene_id")
    (published / "manifest.json").write_text('{"marts": {"genes": {"rows": 50}}}')
    warehouse.execute("create table marts.genes as select unnest(range(75)) as gene_id")

    frame = count_frame(warehouse, "marts", "volumes", "23.0")

    assert frame is not None
    assert frame.data["growth_ratio"].tolist() == [1.5]


def test_marts_without_rows_of_few_rows_and_of_leftovers_have_no_growth(
    warehouse: duckdb.DuckDBPyConnection, publish_marts: Callable[..., Path]
) -> None:
    published = publish_marts("22.0", genes="select 1 as gene_id")
    before = {"images": 5000, "parameters": 12, "unmatched_hits": 90}
    (published / "manifest.json").write_text(json.dumps({"marts": {mart: {"rows": n} for mart, n in before.items()}}))
    for mart, count in {"images": 0, "parameters": 3, "unmatched_hits": 10}.items():
        warehouse.execute(f"create table marts.{mart} as select unnest(range({count})) as id, '' as sha256")

    frame = count_frame(warehouse, "marts", "volumes", "23.0")

    assert frame is not None
    assert frame.data["growth_ratio"].isna().all()


def test_a_mart_made_of_other_files_than_before_has_no_growth(
    warehouse: duckdb.DuckDBPyConnection, publish_marts: Callable[..., Path]
) -> None:
    published = publish_marts("22.0", genes="select 1 as gene_id")
    (published / "manifest.json").write_text('{"marts": {"gene_phenotypes": {"rows": 90}, "genes": {"rows": 90}}}')
    warehouse.execute(
        "create table raw.files as select * from (values ('assertions', 200, true), ('orthologues', 90, false))"
        " as rows(name, previous_row_count, is_absent)"
    )
    needs = {"gene_phenotypes": {"needs": ["assertions"]}, "genes": {"needs": ["orthologues"]}}
    warehouse.execute("create table main.transformed as select ? as marts", [json.dumps(needs)])
    for mart, count in {"gene_phenotypes": 900, "genes": 90}.items():
        warehouse.execute(f"create table marts.{mart} as select unnest(range({count})) as id")

    frame = count_frame(warehouse, "marts", "volumes", "23.0")

    assert frame is not None
    growth = frame.data.set_index("mart")["growth_ratio"]
    assert math.isnan(growth["gene_phenotypes"])
    assert growth["genes"] == 1


def test_a_measurement_that_is_there_under_two_ids_is_a_repeat(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "create table marts.measurements as select * from (values ('a', 7.5), ('b', 7.5), ('c', 8.0), ('d', 9.0))"
        " as rows(observation_id, value), (select 's1' as specimen_id, 'weight' as trait_id, null as time_point)"
    )

    frame = count_frame(warehouse, "marts", "volumes", "23.0")

    assert frame is not None
    assert frame.data["repeated_share"].tolist() == [0.25]


def test_copies_are_found_although_their_version_differs(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "create table raw.statistical_results as select * from"
        " (values (1, 'Abc1', '160'), (2, 'Def2', '161'), (3, 'Abc1', '162')) as rows(source_row, symbol, _version_)"
    )

    assert duplicate_rows(warehouse, "statistical_results") == [[1, 3]]
