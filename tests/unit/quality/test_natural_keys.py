from typing import Any

import duckdb

from muster.quality import natural_keys
from muster.quality.natural_keys import natural_key_frame

RESULT = (
    "'Abc<tm1b>' as allele_symbol, 'J1' as colony_id, 'JAX' as phenotyping_center,"
    " 'IMPC_HEM_001_001' as parameter_stable_id"
)


def shares(warehouse: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    return natural_key_frame(warehouse, "22.1").data.set_index("name")["repeated_share"].to_dict()


def test_rows_that_differ_in_their_version_and_their_rounding_are_repeats(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute(
        "create table raw.statistical_results as select row as source_row, 'MGI:1' as allele_accession_id, "
        f"{RESULT}, case row when 3 then 'male' else 'female' end as sex, row::varchar as _version_,"
        " (0.5 + row / 1e9)::varchar as p_value from range(1, 4) as rows(row)"
    )

    frame = natural_key_frame(warehouse, "22.1")

    (results,) = frame.data.to_dict("records")
    assert (results["row_count"], results["repeated_count"], results["repeated_share"]) == (3, 1, 1 / 3)
    assert results["example"] == "source_row 1, 2: MGI:1 Abc<tm1b> J1 JAX female IMPC_HEM_001_001"


def test_a_file_without_colonies_has_no_key(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "create table raw.statistical_results as select row as source_row, 'MGI:1' as allele_accession_id,"
        " 'No data' as colony_id, 'JAX' as phenotyping_center from range(3) as rows(row)"
    )

    assert shares(warehouse) == {}


def test_a_measurement_that_is_there_under_two_ids_is_a_repeat(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "create table raw.observations as select * from (values ('o1', '0'), ('o2', '0'), ('o3', '15'), ('o4', '30'))"
        " as rows(observation_id, discrete_point), (select 's1' as specimen_id, 'time_series' as observation_type,"
        " '2024-05-06' as date_of_experiment, 'IMPC_IPG_002_001' as parameter_stable_id)"
    )

    assert shares(warehouse) == {"observations": 0, "observations of a specimen": 0.25}


def test_a_large_table_is_counted_in_whole_specimens(warehouse: duckdb.DuckDBPyConnection, monkeypatch: Any) -> None:
    monkeypatch.setattr(natural_keys, "ROW_LIMIT", 1000)
    warehouse.execute(
        "create table raw.image_records as select (row // 2)::varchar as observation_id, 'u' as jpeg_url"
        " from range(20000) as rows(row)"
    )

    assert shares(warehouse) == {"image_records": 0.5}
