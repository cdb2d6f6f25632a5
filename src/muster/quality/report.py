"""What a check found, as it is written down and as it is told."""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from muster.quality.counts import duplicate_rows
from muster.quality.suites import Expectation
from muster.settings import settings
from muster.warehouse import tables

if TYPE_CHECKING:
    # Great Expectations takes seconds to import, and who only asks what was found does not need it.
    from muster.quality.validation import Finding

#: What to do, where a suite does not say more.
REMEDIES = {
    "raw": "look at these rows of the file: the source must correct them, or expectations/raw.{table}.yml allow them",
    "staging": "follow these rows to the same source_row of raw: the source must correct them, or dbt/models/staging"
    "/{table}.sql read them, or expectations/staging.{table}.yml allow them",
    "marts": "follow these rows back through dbt/models: a rule there must change, or expectations/marts.{table}.yml",
}

#: The steps to run again once what was wrong is corrected.
AGAIN = {
    "raw": ["fetch", "load", "check raw"],
    "staging": ["transform", "check staging"],
    "marts": ["transform", "check staging", "check marts"],
}

#: Where each stage says what its tables were made from.
FINGERPRINTS = {
    "raw": ("raw", "fingerprint"),
    "staging": ("main", "transformed"),
    "marts": ("main", "transformed"),
}


COLUMN_PAIR = ("column_A", "column_B")
#: What Great Expectations must be told and a person need not read, or reads in other words.
UNSAID = ("ignore_row_if", "or_equal", "condition_parser", "row_condition")


@dataclass
class Report:
    """What was found so far about one stage of one release."""

    stage: str
    release: str
    is_partial: bool
    fingerprint: str | None = None
    """What the judged tables were made from."""
    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    skipped: list[dict[str, str]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)

    def skip(self, table: str, reason: str, expectation: Expectation | None = None) -> None:
        """Note that a table, or one statement about it, was not judged."""
        about = {"expectation": expectation.type, "column": ", ".join(expectation.columns)} if expectation else {}
        self.skipped.append({"table": table, **about, "reason": reason})

    def add(self, connection: duckdb.DuckDBPyConnection, finding: "Finding") -> None:
        """Note what does not hold, with the rows that show it as they stand in the file."""
        expectation = finding.expectation
        remedy = expectation.meta.remedy or REMEDIES[self.stage].format(table=finding.table)
        self.findings.append(
            {
                "table": finding.table,
                "expectation": expectation.type,
                "kwargs": finding.kwargs,
                "severity": expectation.severity,
                "why": expectation.meta.why,
                "unexpected_count": finding.unexpected_count,
                "observed": _plain(finding.observed),
                "examples": _examples(connection, self.stage, finding),
                "problem": finding.problem,
                "remedy": remedy,
            }
        )

    def of(self, severity: str) -> list[dict[str, Any]]:
        """Return the findings of one severity."""
        return [finding for finding in self.findings if finding["severity"] == severity]

    def content(self) -> dict[str, Any]:
        """Return the report as it is written."""
        return {
            "stage": self.stage,
            "release": self.release,
            "is_partial": self.is_partial,
            "fingerprint": self.fingerprint,
            "passed": not self.of("critical"),
            "failures": self.of("critical"),
            "warnings": self.of("warning"),
            "notes": self.of("info"),
            "skipped": self.skipped,
            "tables": self.tables,
        }


def report_path(stage: str, release: str) -> Path:
    """Return the file in which the last check of a stage says what it found."""
    return settings().release_reports(release) / "checks" / f"{stage}.json"


def fingerprint(connection: duckdb.DuckDBPyConnection, stage: str) -> str | None:
    """Return what the tables of a stage were made from, None where they are not made."""
    schema, table = FINGERPRINTS[stage]
    if table not in tables(connection, schema):
        return None
    ((found,),) = connection.execute(f"select fingerprint from {schema}.{table}").fetchall()
    return str(found)


def objection(connection: duckdb.DuckDBPyConnection, stage: str, release: str) -> str:
    """Return why the tables of a stage do not count as checked, with what to run; empty where they passed."""
    path = report_path(stage, release)
    if not path.exists():
        return f"{stage} of {release} is not checked: run `muster check {stage} {release}` first"
    found = json.loads(path.read_text())
    judged = found.get("fingerprint")
    if judged is None or judged != fingerprint(connection, stage):
        return f"{stage} of {release} is not what was checked: run `muster check {stage} {release}` again"
    if not found["passed"]:
        return f"{stage} of {release} did not pass its check: see {path}; when it is corrected, {again(stage, release)}"
    return ""


def again(stage: str, release: str) -> str:
    """Return what to run once the cause of a refusal is corrected.

    >>> again("marts", "18.0")
    'run `muster transform 18.0` and `muster check staging 18.0` and `muster check marts 18.0`'
    """
    return "run " + " and ".join(f"`muster {step} {release}`" for step in AGAIN[stage])


def sentence(stage: str, finding: dict[str, Any]) -> str:
    """Return a finding in one line: what failed, where, why it matters, what to do.

    >>> limits = {"column": "p_value", "max_value": 1}
    >>> rows = [{"source_row": 7, "p_value": "12"}]
    >>> print(sentence("raw", {"table": "assertions", "expectation": "expect_column_values_to_be_between",
    ...     "kwargs": limits, "unexpected_count": 1, "observed": None, "examples": rows, "problem": "",
    ...     "why": "A probability.", "remedy": "Look."}))
    raw.assertions p_value: expect_column_values_to_be_between (max_value 1) fails in 1 rows, \
such as source_row 7 p_value 12. A probability. -> Look.
    """
    kwargs = finding["kwargs"]
    column = kwargs.get("column") or " against ".join(kwargs[name] for name in COLUMN_PAIR if name in kwargs)
    limits = [f"{name} {value}" for name, value in kwargs.items() if name not in {"column", *UNSAID, *COLUMN_PAIR}]
    if condition := kwargs.get("row_condition"):
        limits.append(f"where {condition.get('pass_through_filter') if isinstance(condition, dict) else condition}")
    told = f" ({', '.join(limits)})" if limits else ""
    return (
        f"{stage}.{finding['table']} {column}: {finding['expectation']}{told} {_evidence(finding)}. "
        f"{finding['why']} -> {finding['remedy']}"
    )


def _evidence(finding: dict[str, Any]) -> str:
    if finding["problem"]:
        return f"cannot be judged: {finding['problem']}"
    if finding["examples"]:
        rows = "; ".join(" ".join(f"{key} {value}" for key, value in row.items()) for row in finding["examples"])
        return f"fails in {finding['unexpected_count']} rows, such as {rows}"
    return f"fails: {finding['observed']}"


def _examples(connection: duckdb.DuckDBPyConnection, stage: str, finding: "Finding") -> list[dict[str, Any]]:
    examples = [{name: _plain(value) for name, value in row.items()} for row in finding.examples]
    column = str(finding.kwargs.get("column"))
    for example in examples:
        if column == "duplicate_share":
            example["alike_source_rows"] = duplicate_rows(connection, str(example["name"]))
        elif stage == "raw" and "source_row" in example:
            # A text that is no number was judged as infinity; a person wants the text.
            query = f'select "{column}" from raw.{finding.table} where source_row = ?'
            [(example[column],)] = connection.execute(query, [example["source_row"]]).fetchall()
    # The keys first: they say which row is meant.
    return [dict(sorted(example.items(), key=lambda item: item[0] == column)) for example in examples]


def _plain(value: Any) -> Any:
    """Return a value JSON knows."""
    plain = value.item() if hasattr(value, "item") else value
    return str(plain) if isinstance(plain, float) and not math.isfinite(plain) else plain
