"""Every suite accepts good rows, and every statement in it is heard when what it guards is broken."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pandas as pd
import pytest
import yaml

from muster.catalog import catalog
from muster.quality.counts import is_counted
from muster.quality.frames import Frame, read_frame
from muster.quality.suites import columns, suites
from muster.quality.validation import Validation
from muster.settings import configure, settings
from muster.steps.fetch import fetch
from muster.steps.load import load
from muster.warehouse import writer

PARAMETERS = {
    "centres": ["BCM", "HMGU", "ICS", "JAX", "MRC Harwell", "TCP", "UC Davis", "WTSI"],
    "xray_views": sorted(set(catalog().xray_views.values())),
    "released_on": "2024-11-04T00:00:00",
}

#: Rows in which nothing is wrong, by table, and values that must be found out, by column.
ROWS = yaml.safe_load(Path(__file__).with_name("suite_rows.yml").read_text())
GOOD = {tuple(table.split(".")): row for table, row in ROWS["good"].items()}
#: What any other column gets: a word nobody knows, and then none at all.
UNKNOWN = ["?", None]
NOT_NULL = {"expect_column_values_to_not_be_null"}


def broken_values(stage: str, table: str, column: str) -> list[Any]:
    values: list[Any] = ROWS["broken_in"].get(f"{stage}.{table}.{column}") or ROWS["broken"].get(column, UNKNOWN)
    return values


@pytest.fixture(scope="module")
def tiny_release(tiny_mirror: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_DATA", str(tmp_path_factory.mktemp("expectations")))
        patch.setenv("MUSTER_MIRROR", f"file:{tiny_mirror.folder}")
        patch.setenv("MUSTER_COMPANIONS", str(tiny_mirror.folder / "companions"))
        configure()
        fetch("22.0")
        load("22.0")
        with writer("22.0") as warehouse:
            show_staging(warehouse)
        yield settings().warehouse("22.0")


def show_staging(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Make the staging views by their SQL and macros alone: dbt takes twenty seconds for them."""
    project = settings().root / "dbt"
    macros = "".join((project / "macros" / f"{name}.sql").read_text() for name in ("cells", "measurement_keys"))
    for path in sorted((project / "models" / "staging").glob("*.sql")):
        template = jinja2.Environment(autoescape=False).from_string(macros + path.read_text())
        sql = template.render(source=lambda schema, table: f"{schema}.{table}", config=lambda **_: "")
        warehouse.execute(f"create or replace view staging.{path.stem} as {sql}")


@pytest.fixture
def validation(tmp_path: Path) -> Validation:
    moment = datetime(2024, 11, 4, tzinfo=UTC)
    return Validation("raw", "22.0", moment, kept=tmp_path / "kept", site=tmp_path / "site")


STAGES = ("raw", "staging", "marts")
SUITES = {(stage, table): suite for stage in STAGES for table, suite in suites(stage).items()}
OF_TINY = [(stage, table) for stage, table in SUITES if stage != "marts" and (stage, table) not in GOOD]


def good(stage: str, table: str, tiny: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Return a connection with the first rows of a table of the tiny release, or with its good row."""
    connection = duckdb.connect()
    connection.execute(f"create schema {stage}")
    if (stage, table) in GOOD:
        connection.register("rows", pd.DataFrame(GOOD[stage, table], index=range(5)))
        connection.execute(f"create table {stage}.{table} as select * from rows")
    else:
        connection.execute(f"attach '{tiny}' as tiny (read_only)")
        connection.execute(f"create table {stage}.{table} as select * from tiny.{stage}.{table} limit 300")
    return connection


def read(connection: duckdb.DuckDBPyConnection, stage: str, table: str) -> Frame:
    """Return what `check` would judge of a table."""
    if is_counted(stage, table):
        data = connection.sql(f"from {stage}.{table}").df()
        return Frame(data, len(data), list(data)[:1])
    frame = read_frame(connection, stage, table, columns(SUITES[stage, table]))
    assert frame is not None
    return frame


def rounds(stage: str, table: str) -> list[dict[str, Any]]:
    """Return what to break together: a column that chooses the rows of another statement is broken alone."""
    suite = SUITES[stage, table]
    conditions = {column for expectation in suite for column in expectation.conditions}
    named = {expectation.columns[-1] for expectation in suite}
    options = {column: broken_values(stage, table, column) for column in named}
    together = [
        {column: options[column][number] for column in named - conditions if len(options[column]) > number}
        for number in range(2)
    ]
    return [broken for broken in [*together, {column: options[column][0] for column in named & conditions}] if broken]


def declared() -> set[tuple[str, str]]:
    """Return the raw tables, staging models and marts that dbt knows."""
    models = settings().root / "dbt" / "models"
    (source,) = yaml.safe_load((models / "sources.yml").read_text())["sources"]
    made = {(stage, path.stem) for stage in ("staging", "marts") for path in (models / stage).glob("*.sql")}
    return {("raw", table["name"]) for table in source["tables"]} | made


def test_every_raw_table_every_staging_model_and_every_mart_has_a_suite() -> None:
    assert sorted(declared() - {*SUITES}) == []


def test_every_suite_is_about_something_that_is_made_or_counted() -> None:
    assert [(stage, table) for stage, table in {*SUITES} - declared() if not is_counted(stage, table)] == []


def test_every_statement_says_why() -> None:
    assert [key for key, suite in SUITES.items() for statement in suite if len(statement.meta.why) < 10] == []


@pytest.mark.parametrize(("stage", "table"), OF_TINY)
def test_the_tiny_release_is_accepted(stage: str, table: str, tiny_release: Path, validation: Validation) -> None:
    whole = read(duckdb.connect(tiny_release, read_only=True), stage, table)

    assert validation.judge(table, whole, SUITES[stage, table], PARAMETERS) == []


@pytest.mark.parametrize(("stage", "table"), GOOD)
def test_good_rows_are_accepted(stage: str, table: str, validation: Validation) -> None:
    frame = read(good(stage, table), stage, table)

    assert validation.judge(table, frame, SUITES[stage, table], PARAMETERS) == []


@pytest.mark.parametrize(("stage", "table"), SUITES)
def test_every_statement_is_heard_when_its_column_is_broken(
    stage: str, table: str, tiny_release: Path, validation: Validation
) -> None:
    suite = SUITES[stage, table]
    heard = []

    for number, broken in enumerate(rounds(stage, table)):
        connection = good(stage, table, tiny_release)
        for column, value in broken.items():
            connection.execute(f'update {stage}.{table} set "{column}" = ?', [value])
        found = validation.judge(f"{table}_{number}", read(connection, stage, table), suite, PARAMETERS)
        heard += [finding.expectation for finding in found if not finding.problem]

    assert [expectation for expectation in suite if expectation not in heard] == []


@pytest.mark.parametrize(("stage", "table"), OF_TINY)
def test_one_broken_row_of_the_tiny_release_is_heard(
    stage: str, table: str, tiny_release: Path, validation: Validation
) -> None:
    suite = SUITES[stage, table]
    connection = good(stage, table, tiny_release)
    named = sorted({expectation.columns[-1] for expectation in suite})
    about = {column: {each.type for each in suite if each.columns[-1] == column} for column in named}
    # In one statement: to change a list DuckDB writes the row anew, under another number.
    changes = ", ".join(f'"{column}" = ?' for column in named)
    connection.execute(
        f"update {stage}.{table} set {changes} where rowid = (select least(7, max(rowid)) from {stage}.{table})",
        [broken_values(stage, table, column)[-1 if about[column] == NOT_NULL else 0] for column in named],
    )

    found = validation.judge(table, read(connection, stage, table), suite, PARAMETERS)

    assert found != []
    assert {finding.unexpected_count for finding in found} == {1}


def test_a_range_of_text_has_an_upper_end() -> None:
    # A word in place of a number is judged as infinity, so a range without an end would let it pass.
    open_ranges = [
        (table, expectation.columns)
        for stage, table in OF_TINY
        for expectation in SUITES[stage, table]
        if stage == "raw" and "min_value" in expectation.kwargs and "max_value" not in expectation.kwargs
    ]

    assert open_ranges == []
