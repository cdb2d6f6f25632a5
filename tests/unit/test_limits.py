from pathlib import Path

import duckdb
import pytest

from muster.lake import RefusedError
from muster.limits import NoMemoryError, NoSpaceError, demand_space, told


def test_what_does_not_fit_is_refused_with_the_numbers_and_the_remedy(tmp_path: Path) -> None:
    demand_space(tmp_path, 1, "release 18.0")

    with pytest.raises(
        NoSpaceError, match=r"release 18\.0 needs 1000000000\.0 GB and .* are free in .*: free .*--data"
    ):
        demand_space(tmp_path / "not" / "yet", 1e18, "release 18.0")


def test_a_disk_that_is_full_is_told_with_the_command_to_run_again(tmp_path: Path) -> None:
    with (
        pytest.raises(NoSpaceError, match=r"load 18\.0: the disk is full .* run `muster load 18\.0` again"),
        told("load 18.0", tmp_path, besides=RefusedError),
    ):
        raise OSError(28, "No space left on device")


def test_a_query_that_needs_more_memory_than_it_may_have_is_told_as_that(tmp_path: Path) -> None:
    with (
        pytest.raises(NoMemoryError, match="not enough memory: Out of Memory Error"),
        told("load 18.0", tmp_path, besides=RefusedError),
        duckdb.connect(config={"memory_limit": "2MB", "temp_directory": ""}) as connection,
    ):
        connection.execute("create table numbers as select range as n, hash(range) as h from range(10_000_000)")


def test_a_refusal_that_quotes_a_file_stays_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(RefusedError), told("load 18.0", tmp_path, besides=RefusedError):
        raise RefusedError("18.0", "load", ["It reads: 'No space left on device'"])


def test_other_errors_pass_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(KeyError), told("load 18.0", tmp_path, besides=RefusedError):
        raise KeyError("name")
