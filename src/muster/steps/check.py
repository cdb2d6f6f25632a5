"""Hold a release against the suites of `expectations/`; what fails critically is refused."""

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

import duckdb

from muster import lake
from muster.catalog import catalog
from muster.quality.counts import count_frame, is_counted
from muster.quality.frames import Frame, read_frame
from muster.quality.report import Report, again, fingerprint, objection, report_path, sentence
from muster.quality.suites import Expectation, columns, suites
from muster.quality.validation import Validation
from muster.settings import settings
from muster.warehouse import reader

logger = logging.getLogger(__name__)

Stage = Literal["raw", "staging", "marts"]


def check(stage: Stage, release: str) -> None:
    """Judge every table of a stage, write the report and Data Docs, refuse the release if it must be.

    Raises:
        RefusedError: names what failed, on which rows, and what to do; the last good release stays current.
    """
    path = report_path(stage, release)
    kept = settings().workspace / "expectations" / release
    with reader(release) as connection, lake.draft(path.with_name("data_docs")) as site:
        subject = _subject(connection)
        validation = Validation(stage, release, subject.moment, kept=kept, site=site)
        report = Report(stage, release, subject.is_partial, fingerprint(connection, stage))
        _judge(connection, subject, validation, report)
        validation.publish()
        before = [objection(connection, earlier, release) for earlier in ("raw", "staging")]
    lake.write_json(path, report.content())
    _tell(report)
    if failures := report.of("critical"):
        raise lake.refuse(
            release, stage, [*(sentence(stage, failure) for failure in failures), _next_step(stage, release)]
        )
    if stage == "marts":
        _accept(release, next(filter(None, before), ""))


@dataclass(frozen=True)
class Subject:
    """What the suites may refer to."""

    is_partial: bool
    released_on: date
    centres: list[str]

    @property
    def moment(self) -> datetime:
        """The time Data Docs show: that of the release, so that the same release gives the same pages."""
        return datetime(self.released_on.year, self.released_on.month, self.released_on.day, tzinfo=UTC)

    @property
    def parameters(self) -> dict[str, Any]:
        """What a suite writes as {$PARAMETER: name}."""
        views = sorted(set(catalog().xray_views.values()))
        return {
            "centres": self.centres,
            "xray_views": views,
            "released_on": self.moment.replace(tzinfo=None).isoformat(),
        }


def _subject(connection: duckdb.DuckDBPyConnection) -> Subject:
    [(is_partial, released_on)] = connection.execute("select is_partial, released_on from raw.release").fetchall()
    seed = settings().root / "dbt" / "seeds" / "centres.csv"
    rows = connection.execute("select distinct centre from read_csv(?) order by centre", [str(seed)]).fetchall()
    return Subject(bool(is_partial), released_on or date(2000, 1, 1), [centre for (centre,) in rows])


def _judge(connection: duckdb.DuckDBPyConnection, subject: Subject, validation: Validation, report: Report) -> None:
    for table, suite in suites(report.stage).items():
        frame = count_frame(connection, report.stage, table, report.release)
        frame = frame or read_frame(connection, report.stage, table, columns(suite))
        if frame is None or not frame.row_count:
            report.skip(table, _absence(report.stage, table, frame))
            continue
        due = []
        for expectation in suite:
            if reason := _reason_to_skip(expectation, frame, subject):
                report.skip(table, reason, expectation)
            else:
                due.append(expectation)
        if not due:
            continue
        report.tables[table] = {"rows": frame.row_count, "judged": len(frame.data)}
        for finding in validation.judge(table, frame, due, subject.parameters):
            report.add(connection, finding)


def _absence(stage: str, table: str, frame: Frame | None) -> str:
    if frame is None:
        return "there is no such table"
    return "there is nothing to count it from" if is_counted(stage, table) else "it is empty: its source is absent"


def _reason_to_skip(expectation: Expectation, frame: Frame, subject: Subject) -> str:
    """Return why a statement is not made about a partial release, empty where it is made."""
    if not subject.is_partial:
        return ""
    if expectation.meta.volume:
        return "the release declares itself partial: its volume is not judged"
    lacking = [name for name in expectation.columns if name not in frame.data or frame.data[name].isna().all()]
    return f"the release declares itself partial and has no {', '.join(lacking)}" if lacking else ""


def _tell(report: Report) -> None:
    for warning in report.of("warning"):
        logger.warning("check %s", sentence(report.stage, warning))
    for table in (skip for skip in report.skipped if "expectation" not in skip):
        logger.info("check %s.%s skipped: %s", report.stage, table["table"], table["reason"])
    counts = [len(report.of(severity)) for severity in ("critical", "warning")]
    logger.info("check %s: %d tables judged, %d critical, %d warnings", report.stage, len(report.tables), *counts)


def _accept(release: str, earlier_objection: str) -> None:
    """Take back the refusal of a release whose marts are good, unless what they are made from is not."""
    if earlier_objection:
        logger.warning("check marts: they pass, but %s", earlier_objection)
    else:
        lake.accept(release)


def _next_step(stage: Stage, release: str) -> str:
    pages = report_path(stage, release).with_name("data_docs") / "index.html"
    return f"see {pages}; when it is corrected, {again(stage, release)}"
