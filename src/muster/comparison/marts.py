"""The published marts of two releases in one DuckDB connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from muster import lake


@contextmanager
def both(previous: str, release: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection with the marts of `previous` in schema `before` and those of `release` in `after`."""
    connection = duckdb.connect()
    try:
        for schema, which in (("before", previous), ("after", release)):
            connection.execute(f"create schema {schema}")
            for path in files(which):
                connection.execute(f"create view {schema}.{path.stem} as from read_parquet('{path}')")
        yield connection
    finally:
        connection.close()


def files(release: str) -> list[Path]:
    """Return the Parquet files of a release's current build, sorted by name."""
    return sorted(lake.build(release).glob("*.parquet"))


def shared(previous: str, release: str) -> list[str]:
    """Return the marts that both releases have."""
    names = {path.stem for path in files(previous)}
    return [path.stem for path in files(release) if path.stem in names]


def absent(previous: str, release: str) -> dict[str, dict[str, Any]]:
    """Return the marts that cannot be compared: which releases lack them, and why."""
    found: dict[str, dict[str, Any]] = {}
    for which in (previous, release):
        for mart, reason in lake.manifest(which).get("absent", {}).items():
            found.setdefault(mart, {"releases": [], "reason": reason})["releases"].append(which)
    return found
