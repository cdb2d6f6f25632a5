import duckdb
import pytest

from muster.quality.ranges import range_frame


def load(
    warehouse: duckdb.DuckDBPyConnection, controls: str, mutants: str = "select 100.0 as value where false"
) -> None:
    warehouse.execute(
        "create table marts.measurements as select 'weight' as trait_id, 'JAX' as centre, 'male' as sex, is_control,"
        " value::double as value, (value - 100) / 1.4826 as control_z from"
        f" (select value, true as is_control from ({controls}) union all select value, false from ({mutants}))"
    )


#: 200 controls from 98 to 102: median 100, spread 1.4826.
CONTROLS = "select 98.0 + number % 5 as value from range(200) as rows(number)"


def one(warehouse: duckdb.DuckDBPyConnection) -> dict[str, float]:
    frame = range_frame(warehouse, "22.0")
    assert frame is not None
    (row,) = frame.data.to_dict("records")
    return row


def test_values_are_held_against_the_spread_of_the_controls(warehouse: duckdb.DuckDBPyConnection) -> None:
    load(
        warehouse,
        f"{CONTROLS} union all select unnest([1000.0])",
        "select unnest([100.0, 117.0, 118.0, 82.0]) as value",
    )

    found = one(warehouse)

    assert (found["location"], found["spread"]) == (100, 1.4826)
    assert found["control_outside_share"] == 1 / 201
    assert found["mutant_outside_share"] == 0.5
    assert found["z_median"] == 0
    assert found["z_spread"] == pytest.approx(1)


def test_where_half_of_the_controls_are_alike_the_quartiles_give_the_spread(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    load(
        warehouse,
        "select case when number < 24 then 100.0 else 100.0 + number end as value from range(40) as rows(number)",
    )

    found = one(warehouse)

    assert found["same_value_share"] == 0.6
    assert found["spread"] == pytest.approx(29.25 / 1.349)


def test_a_trait_at_its_ceiling_has_no_range(warehouse: duckdb.DuckDBPyConnection) -> None:
    load(warehouse, "select 1200.0 as value from range(40)")

    found = one(warehouse)

    assert found["same_value_share"] == 1
    assert all(found[name] != found[name] for name in ("spread", "control_outside_share", "missing_z_share"))


def test_the_scale_is_not_judged_by_few_controls(warehouse: duckdb.DuckDBPyConnection) -> None:
    load(warehouse, "select number::double as value from range(199) as rows(number)")

    found = one(warehouse)

    assert found["control_outside_share"] == 0
    assert all(found[name] != found[name] for name in ("z_median", "z_spread"))


def test_few_controls_are_no_distribution(warehouse: duckdb.DuckDBPyConnection) -> None:
    load(warehouse, "select number::double as value from range(19) as rows(number)")

    found = one(warehouse)

    assert all(found[name] != found[name] for name in ("spread", "same_value_share", "z_median"))
