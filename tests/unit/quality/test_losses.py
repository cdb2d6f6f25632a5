import duckdb

from muster.quality.losses import loss_frame


def test_a_cell_that_staging_cannot_read_is_lost_and_a_filler_is_not(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "create table raw.assertions as select unnest(['0.5', '0,5', 'No data', '', null, 'nan', '1e-300']) as p_value"
    )
    warehouse.execute(
        "create view staging.stg_impc__assertions as"
        " select nullif(try_cast(p_value as double), 'nan') as p_value from raw.assertions"
    )

    frame = loss_frame(warehouse, "22.0")

    assert frame is not None
    (read,) = frame.data.to_dict("records")
    assert (read["model"], read["column_name"]) == ("stg_impc__assertions", "p_value")
    assert (read["filled_count"], read["lost_count"]) == (3, 1)


def test_a_date_in_another_notation_is_lost(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "create table raw.observations as select unnest(['2024-05-06T00:00:00Z', 'May 6, 2024']) as date_of_experiment"
    )
    warehouse.execute(
        "create view staging.stg_impc__observations as"
        " select try_cast(left(date_of_experiment, 10) as date) as experiment_on from raw.observations"
    )

    frame = loss_frame(warehouse, "22.0")

    assert frame is not None
    assert frame.data["lost_share"].tolist() == [0.5]
