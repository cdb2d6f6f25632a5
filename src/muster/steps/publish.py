"""Publish the checked marts of a release as Parquet, all tables or none."""

import json
import logging
from pathlib import Path
from typing import Any

import duckdb

from muster import lake
from muster.catalog import release_key
from muster.landing.integrity import sha256
from muster.locks import exclusive
from muster.quality.growth import observation_rows
from muster.quality.report import objection
from muster.settings import code_version, settings
from muster.warehouse import reader, tables

logger = logging.getLogger(__name__)

#: Fixed, so that the same rows are the same bytes whatever DuckDB's defaults become.
PARQUET = "format parquet, compression zstd, row_group_size 122880"


class NotCheckedError(RuntimeError):
    """The marts are not built, or what they are made from did not pass its checks as it stands today."""


def publish(release: str) -> Path:
    """Copy every mart that has rows to a new build in the lake, point `current` at it, return it.

    Raises:
        NotCheckedError: with the command to run first; what was published before stays current.
        BusyError: the release is loaded, transformed or removed now.
    """
    lock = settings().warehouse(release).with_name(f"{release}.lock")
    with exclusive(lock, f"load, transform, publish or removal of {release}"):
        return _published(release)


def _published(release: str) -> Path:
    with reader(release) as warehouse:
        _require_passed(warehouse, "raw", release)
        fingerprint, marts = _transformed(warehouse, release)
        _require_passed(warehouse, "staging", release)
        _require_passed(warehouse, "marts", release)
        target = settings().lake / release / fingerprint[:12]
        if _is_whole(target):
            logger.info("publish %s: build %s is there already", release, target.name)
        else:
            with lake.draft(target) as folder:
                _write(warehouse, release, target.name, marts, folder)
    lake.point(settings().lake / release / "current", target)
    current = lake.current()
    # Filling in an older release must not turn the clock back for everyone else.
    if current is None or release_key(release) >= release_key(current):
        lake.point(settings().lake / "current", target)
    return target


def _is_whole(folder: Path) -> bool:
    """Return whether a build is there with the bytes it was published with."""
    path = folder / "manifest.json"
    marts = json.loads(path.read_text())["marts"] if path.exists() else None
    return marts is not None and all(
        (folder / f"{mart}.parquet").exists() and sha256(folder / f"{mart}.parquet") == told["sha256"]
        for mart, told in marts.items()
    )


def _require_passed(warehouse: duckdb.DuckDBPyConnection, stage: str, release: str) -> None:
    if reason := objection(warehouse, stage, release):
        raise NotCheckedError(reason)


def _transformed(warehouse: duckdb.DuckDBPyConnection, release: str) -> tuple[str, dict[str, Any]]:
    """Return what the marts were made from, and the key and needed files of each."""
    if "transformed" not in tables(warehouse, "main"):
        raise NotCheckedError(f"the marts of {release} are not built: run `muster transform {release}` first")
    ((fingerprint, marts),) = warehouse.execute("select fingerprint, marts from main.transformed").fetchall()
    return fingerprint, json.loads(marts)


def _write(warehouse: duckdb.DuckDBPyConnection, release: str, build: str, marts: dict[str, Any], folder: Path) -> None:
    files = warehouse.execute("select name, sha256, row_count, is_absent from raw.files order by name").fetchall()
    absent_files = {name for name, _, row_count, is_absent in files if is_absent or not row_count}
    ((released_on, is_partial, mirror),) = warehouse.execute(
        "select released_on, is_partial, mirror from raw.release"
    ).fetchall()
    published: dict[str, Any] = {}
    absent: dict[str, str] = {}
    for number, (mart, known) in enumerate(sorted(marts.items()), start=1):
        ((rows,),) = warehouse.execute(f"select count(*) from marts.{mart}").fetchall()
        if rows:
            path = folder / f"{mart}.parquet"
            # The largest mart keeps the order of the release: in that of its random ids it takes twice the space.
            ordered = f"from marts.{mart} order by {', '.join(known.get('order', known['key']))}"
            warehouse.execute(f"copy ({ordered}) to ? ({PARQUET})", [str(path)])
            published[mart] = {"rows": rows, "sha256": sha256(path), "key": known["key"]}
        else:
            absent[mart] = _reason(known["needs"], absent_files)
        logger.info("publish %d/%d %s: %s", number, len(marts), mart, f"{rows:,} rows" if rows else absent[mart])
    content = {
        "release": release,
        "build": build,
        "released_on": released_on,
        "is_partial": is_partial,
        "mirror": mirror,
        "code_version": code_version(),
        "sources": {name: sha256 for name, sha256, _, _ in files if sha256},
        "source_rows": {name: row_count for name, _, row_count, _ in files} | observation_rows(warehouse),
        "earlier": _earlier(warehouse),
        "marts": published,
        "absent": absent,
    }
    lake.write_json(folder / "manifest.json", content)


def _earlier(warehouse: duckdb.DuckDBPyConnection) -> dict[str, str] | None:
    """Return the builds of older releases that this history was made from; None where it was not written down."""
    if "earlier_builds" not in tables(warehouse, "raw"):
        return None
    return dict(warehouse.execute("select release, build from raw.earlier_builds").fetchall())


def _reason(needs: list[str], absent_files: set[str]) -> str:
    """Return why a mart is empty.

    >>> _reason(["observations"], {"observations", "images"})
    'the release has no observations'
    >>> _reason(["viability"], set())
    'no row of viability gives one'
    """
    lacking = [name for name in needs if name in absent_files]
    if lacking:
        return f"the release has no {' and no '.join(lacking)}"
    return f"no row of {' or '.join(needs)} gives one"
