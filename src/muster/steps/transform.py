"""Turn the raw tables of a release into tested marts: `dbt build`, as one process, then its documentation."""

import hashlib
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from muster import lake
from muster.catalog import catalog
from muster.locks import exclusive
from muster.settings import settings
from muster.warehouse import NotLoadedError, reader, tables, writer

logger = logging.getLogger(__name__)

RESULTS = {"LogModelResult", "LogSeedResult", "LogTestResult"}
#: The model whose results are carried over from the release before where its inputs are the same, and its macros.
STATISTICS = ("models/intermediate/int_controls_summarised.sql", "macros/robust.sql")
FAILED = {"error", "fail", "runtime error"}


class TransformError(RuntimeError):
    """dbt could not build or a dbt test did not hold."""


def transform(release: str) -> None:
    """Build and test every dbt model of `release`, and its documentation; what is built already is left as it is.

    Raises:
        TransformError: names the models and tests that failed, and the log.
    """
    path = settings().warehouse(release)
    with exclusive(path.with_name(f"{release}.lock"), f"transform of {release}"):
        fingerprint = _fingerprint(release)
        page = settings().release_reports(release) / "dbt_docs" / "index.html"
        if _transformed_fingerprint(release) == fingerprint and page.exists():
            logger.info("transform %s: nothing changed", release)
            return
        _forget(release)
        _dbt(release, "build")
        _dbt(release, "docs", "generate", "--static", "--no-compile")
        lake.write_text(page, (_target(release) / "static_index.html").read_text())
        _record(release, fingerprint)


def _fingerprint(release: str) -> str:
    """Return a hash of all that the marts are made from: the raw tables and the dbt project."""
    with reader(release) as warehouse:
        if "fingerprint" not in tables(warehouse, "raw"):
            raise NotLoadedError(f"release {release} is not loaded: run `muster load {release}` first")
        ((raw,),) = warehouse.execute("select fingerprint from raw.fingerprint").fetchall()
    parts = [str(raw), _variables(release)]
    parts += [f"{path.relative_to(settings().root)} {path.read_text()}" for path in _declarations()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _declarations() -> list[Path]:
    """Return the files that decide what a mart holds; the profile says only how it is run."""
    files = [path for kind in ("sql", "yml", "csv", "py", "md") for path in _project().rglob(f"*.{kind}")]
    code = (settings().root / "src" / "muster" / "traits").glob("*.py")
    return sorted(path for path in [*files, *code] if path.name != "profiles.yml")


def _project() -> Path:
    return settings().root / "dbt"


def _target(release: str) -> Path:
    return settings().workspace / "dbt" / release / "target"


def _variables(release: str) -> str:
    views = json.dumps(catalog().xray_views, sort_keys=True)
    known = {"release": release, "xray_views": views, "statistics_version": _statistics_version()}
    return json.dumps(known, sort_keys=True)


def _statistics_version() -> str:
    """Return a hash of how control groups are summarised: statistics made in another way are not carried over."""
    return hashlib.sha256(b"".join((_project() / path).read_bytes() for path in STATISTICS)).hexdigest()[:12]


def _transformed_fingerprint(release: str) -> str | None:
    with reader(release) as warehouse:
        if "transformed" not in tables(warehouse, "main"):
            return None
        ((fingerprint,),) = warehouse.execute("select fingerprint from main.transformed").fetchall()
    return str(fingerprint)


def _forget(release: str) -> None:
    """Take back what was said of the marts that are about to change."""
    with writer(release) as warehouse:
        warehouse.execute("drop table if exists main.transformed")
    for stage in ("staging", "marts"):
        (settings().release_reports(release) / "checks" / f"{stage}.json").unlink(missing_ok=True)


def _record(release: str, fingerprint: str) -> None:
    """Write down what the marts were made from, and what dbt knows of each: its key and the files it needs."""
    nodes = json.loads((_target(release) / "manifest.json").read_text())["nodes"].values()
    marts = {
        node["name"]: node["config"]["meta"]
        for node in nodes
        if node["resource_type"] == "model" and node["schema"] == "marts"
    }
    with writer(release) as warehouse:
        warehouse.execute(
            "create or replace table main.transformed as select ?::varchar as fingerprint, ?::varchar as marts",
            [fingerprint, json.dumps(marts, sort_keys=True)],
        )


def _dbt(release: str, *command: str) -> None:
    """Run a dbt command in a process of its own: dbt holds the lock of the warehouse until its process ends."""
    target = _target(release)
    target.mkdir(parents=True, exist_ok=True)
    (target / "run_results.json").unlink(missing_ok=True)
    options = {
        "project-dir": _project(),
        "profiles-dir": _project(),
        "target-path": target,
        "log-path": target.parent / "logs",
        "log-format": "json",
        "vars": _variables(release),
    }
    program = str(Path(sys.executable).with_name("dbt"))
    words = [program, *command, *(f"--{name}={value}" for name, value in options.items())]
    environment = settings().subprocess_environment(
        MUSTER_WAREHOUSE=str(settings().warehouse(release)), MUSTER_SPILL=str(target.parent / "spill")
    )
    with subprocess.Popen(
        words, cwd=target.parent, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        said = list(_told(process))
    if process.returncode:
        reasons = list(_failures(release)) or said[-5:]
        log = target.parent / "logs" / "dbt.log"
        raise TransformError(f"transform {release}: dbt {command[0]} failed: {'; '.join(reasons)}; the log is {log}")


def _told(process: "subprocess.Popen[str]") -> Iterator[str]:
    """Pass on dbt's events as they come: progress to the log, errors to the caller."""
    for line in process.stdout or ():
        try:
            event: dict[str, Any] = json.loads(line)
        except json.JSONDecodeError:
            yield line.strip()
            continue
        info, data = event["info"], event["data"]
        if info["name"] in RESULTS:
            # Hundreds of tests that hold are no news.
            level = logging.DEBUG if info["name"] == "LogTestResult" and info["level"] == "info" else logging.INFO
            node = data["node_info"]["node_name"]
            logger.log(
                level,
                "transform %s/%s %s: %.1f s",
                data["index"],
                data.get("total", data.get("num_models", "?")),
                node,
                data["execution_time"],
            )
        elif info["level"] == "error":
            yield info["msg"].strip()


def _failures(release: str) -> Iterator[str]:
    path = _target(release) / "run_results.json"
    if path.exists():
        for result in json.loads(path.read_text())["results"]:
            if result["status"] in FAILED:
                message = " ".join((result["message"] or "").split())
                yield f"{result['unique_id'].split('.')[2]}: {message[:300]}"
