"""The DuckDB file of one release: one writer, many readers of what is published."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from tenacity import retry, retry_if_exception_message, stop_after_delay, wait_exponential

from muster.settings import settings

#: `landed` holds the rows as they were read; `raw` shows them with their numbers.
SCHEMAS = ("landed", "raw", "staging", "intermediate", "marts")


class NotLoadedError(RuntimeError):
    """A release was asked for that has no warehouse yet."""


@contextmanager
def writer(release: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse of `release` for writing, waiting up to a minute for another writer to finish."""
    path = settings().warehouse(release)
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _connect(str(path), read_only=False)
    try:
        for schema in SCHEMAS:
            connection.execute(f"create schema if not exists {schema}")
        yield connection
    finally:
        connection.close()


@contextmanager
def fresh_writer(release: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an empty warehouse that takes the place of the one of `release` when the block ends well."""
    path = settings().warehouse(release)
    draft = path.with_name(f"{path.name}.draft")
    path.parent.mkdir(parents=True, exist_ok=True)
    for leftover in (draft, _log_of(draft)):
        leftover.unlink(missing_ok=True)
    connection = _connect(str(draft), read_only=False)
    # Loading streams: more memory would only keep pages that nobody reads again.
    enough = f"{max(1, (os.cpu_count() or 1) // 2)}GB"
    ((is_less,),) = connection.execute(
        "select parse_formatted_bytes(?) < parse_formatted_bytes(?)", [enough, settings().memory]
    ).fetchall()
    if is_less:
        connection.execute("set memory_limit = ?", [enough])
    try:
        for schema in SCHEMAS:
            connection.execute(f"create schema {schema}")
        yield connection
    except BaseException:
        connection.close()
        # On a full disk DuckDB leaves its log behind, too.
        for leftover in (draft, _log_of(draft)):
            leftover.unlink(missing_ok=True)
        raise
    connection.close()
    # A log that a killed writer left would be replayed into the new file.
    _log_of(path).unlink(missing_ok=True)
    draft.replace(path)


@contextmanager
def reader(release: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse of `release` for reading.

    Raises:
        NotLoadedError: with the command that makes it.
    """
    path = settings().warehouse(release)
    if not path.exists():
        raise NotLoadedError(f"release {release} is not loaded: run `muster load {release}` first")
    connection = _connect(str(path), read_only=True)
    try:
        yield connection
    finally:
        connection.close()


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


@retry(
    retry=retry_if_exception_message(match=r"(?s).*[Cc]ould not set lock.*|.*[Cc]onflicting lock.*"),
    wait=wait_exponential(multiplier=0.2, max=5),
    stop=stop_after_delay(60),
    reraise=True,
)
def _connect(path: str, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(path, read_only=read_only)
    connection.execute("set preserve_insertion_order = true")
    connection.execute("set memory_limit = ?", [settings().memory])
    # Else what one file took is kept for the next, and the process grows with the number of files.
    connection.execute("set allocator_background_threads = true")
    connection.execute("set allocator_flush_threshold = '32MB'")
    return connection


def tables(connection: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    """Return the names of the tables and views of a schema, sorted."""
    rows = connection.execute(
        "select table_name from information_schema.tables where table_schema = ? order by table_name", [schema]
    ).fetchall()
    return [name for (name,) in rows]
