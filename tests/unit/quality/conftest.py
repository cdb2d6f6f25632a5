"""A warehouse in memory, and a validation that writes below the test's own folder."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from muster.quality.validation import Validation


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    for schema in ("raw", "staging", "marts"):
        connection.execute(f"create schema {schema}")
    yield connection
    connection.close()


@pytest.fixture
def validation(tmp_path: Path) -> Validation:
    moment = datetime(2024, 11, 4, tzinfo=UTC)
    return Validation("raw", "22.0", moment, kept=tmp_path / "kept", site=tmp_path / "site")
