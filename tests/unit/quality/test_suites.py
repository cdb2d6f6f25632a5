import pytest
from pydantic import ValidationError

from muster.quality.suites import Expectation, Meta, columns

WHY = Meta(why="an example")


def test_a_column_that_is_compared_with_numbers_is_a_number_everywhere() -> None:
    suite = [
        Expectation(
            type="expect_column_values_to_not_be_null", kwargs={"column": "p_value"}, severity="info", meta=WHY
        ),
        Expectation(
            type="expect_column_values_to_be_between",
            kwargs={"column": "p_value", "min_value": 0},
            severity="critical",
            meta=WHY,
        ),
    ]

    assert columns(suite) == {"p_value": "number"}


def test_a_bound_from_the_release_makes_a_point_in_time() -> None:
    kwargs = {"column": "batch", "min_value": "1995-01-01T00:00:00", "max_value": {"$PARAMETER": "released_on"}}
    suite = [Expectation(type="expect_column_values_to_be_between", kwargs=kwargs, severity="info", meta=WHY)]

    assert columns(suite) == {"batch": "time"}


def test_the_column_of_a_condition_is_read_too() -> None:
    kwargs = {"column": "z", "max_value": 1, "row_condition": "is_control == True", "condition_parser": "pandas"}
    suite = [Expectation(type="expect_column_median_to_be_between", kwargs=kwargs, severity="info", meta=WHY)]

    assert columns(suite) == {"z": "number", "is_control": "text"}


def test_an_expectation_without_a_reason_is_refused() -> None:
    with pytest.raises(ValidationError, match="why"):
        Expectation.model_validate({"type": "t", "kwargs": {}, "severity": "critical", "meta": {}})
