import duckdb

from muster.quality.frames import read_frame


def test_only_the_named_columns_are_read(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("create table raw.viability as select 1 as source_row, 'Abc1' as gene_symbol, 'x' as comment")

    frame = read_frame(warehouse, "raw", "viability", {"gene_symbol": "text", "no_such": "text"})

    assert frame is not None
    assert list(frame.data) == ["source_row", "gene_symbol"]


def test_a_table_that_is_not_there_gives_no_frame(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert read_frame(warehouse, "raw", "viability", {"gene_symbol": "text"}) is None


def test_a_filler_is_missing_and_a_word_in_place_of_a_number_is_out_of_every_range(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute(
        "create table raw.results as select * from (values (1, ' 0.5'), (2, 'No information available'), (3, 'n.s.'))"
        " as rows(source_row, p_value)"
    )

    frame = read_frame(warehouse, "raw", "results", {"p_value": "number"})

    assert frame is not None
    assert frame.data["p_value"].fillna(-1).tolist() == [0.5, -1, float("inf")]


def test_a_large_table_is_sampled_alike_every_time_and_its_odd_rows_are_seen(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute(
        "create table raw.results as select row as source_row,"
        " case row when 4711 then 'martian' else 'male' end as sex,"
        " case row when 17 then '1.5' else (row / 20000)::varchar end as p_value from range(1, 20001) as rows(row)"
    )
    kinds = {"sex": "text", "p_value": "number"}

    frames = [read_frame(warehouse, "raw", "results", kinds, limit=1000) for _ in range(2)]  # type: ignore[arg-type]

    first, second = (frame.data for frame in frames if frame)
    assert first.equals(second)
    assert 800 < len(first) < 1200
    assert "martian" in set(first["sex"])
    assert first["p_value"].max() == 1.5


def test_a_row_of_a_mart_is_named_by_its_identifiers(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("create table marts.viability as select 'MGI:1' as gene_id, 'lethal' as outcome, 2 as line_count")

    frame = read_frame(warehouse, "marts", "viability", {"outcome": "text", "line_count": "number"})

    assert frame is not None
    assert frame.keys == ["gene_id"]
    assert frame.data.to_dict("records") == [{"gene_id": "MGI:1", "outcome": "lethal", "line_count": 2.0}]


def test_a_view_beyond_the_limit_is_sampled_by_its_key() -> None:
    connection = duckdb.connect()
    connection.execute("create schema marts")
    connection.execute(
        "create table made as select 'o' || range as observation_id, range::double as value from range(1000)"
    )
    connection.execute("create view marts.measurements as select * from made")

    frame = read_frame(connection, "marts", "measurements", {"value": "number"}, limit=10)

    assert frame is not None
    assert frame.row_count == 1000
    assert len(frame.data) < 100
    assert {0.0, 999.0} <= set(frame.data["value"])
