import json

import duckdb

from muster.quality.report import Report, sentence
from muster.quality.suites import Expectation, Meta
from muster.quality.validation import Finding


def finding(table: str, column: str, *examples: dict[str, object]) -> Finding:
    expectation = Expectation(
        type="expect_column_values_to_be_between",
        kwargs={"column": column, "max_value": 1},
        severity="critical",
        meta=Meta(why="A share."),
    )
    return Finding(table, expectation, expectation.kwargs, len(examples), None, list(examples), "")


def test_a_raw_value_is_shown_as_it_stands_in_the_file(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("create table raw.assertions as select 7 as source_row, 'n.s.' as p_value")
    report = Report("raw", "22.0", is_partial=False)

    report.add(warehouse, finding("assertions", "p_value", {"p_value": float("inf"), "source_row": 7}))

    assert report.of("critical")[0]["examples"] == [{"source_row": 7, "p_value": "n.s."}]


def test_duplicates_are_shown_by_their_rows(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "create table raw.viability as select * from (values (1, 'a'), (2, 'a')) as rows(source_row, gene)"
    )
    report = Report("raw", "22.1", is_partial=False)

    report.add(warehouse, finding("files", "duplicate_share", {"duplicate_share": 0.5, "name": "viability"}))

    assert report.of("critical")[0]["examples"][0]["alike_source_rows"] == [[1, 2]]
    assert "alike_source_rows [[1, 2]]" in sentence("raw", report.of("critical")[0])


def test_what_was_not_judged_is_said(warehouse: duckdb.DuckDBPyConnection) -> None:
    report = Report("raw", "18.0", is_partial=True)

    report.skip("observations", "it is empty: its source is absent")

    assert json.loads(json.dumps(report.content()))["skipped"] == [
        {"table": "observations", "reason": "it is empty: its source is absent"}
    ]
