"""The verb `add` takes files, lists extras and removes one."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from muster.cli import app
from muster.landing.extras import describe, drafted
from muster.landing.integrity import sha256


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["add", *words])
    return result.exit_code, result.output


@pytest.fixture
def harvest() -> None:
    with drafted("18.0", "harvest") as fresh:
        file = fresh / "rows.jsonl.gz"
        file.write_bytes(b"rows")
        entry = {"path": file.name, "sha256": sha256(file), "bytes": 4, "rows": 12}
        describe(fresh, {"name": "harvest", "release": "18.0", "table": "observations", "files": [entry]})


@pytest.mark.usefixtures("harvest")
def test_extras_are_listed_and_removed() -> None:
    assert run("--list", "18.0") == (0, "harvest: 12 rows of 1 files for observations\n")
    assert run("--remove", "harvest", "18.0")[0] == 0
    assert run("--list", "18.0") == (0, "release 18.0 has no extras\n")


@pytest.mark.usefixtures("harvest")
def test_a_release_is_the_one_its_number_means() -> None:
    assert run("--list", "018.0") == (0, "harvest: 12 rows of 1 files for observations\n")


def test_a_pair_without_a_value_is_told(tmp_path: Path) -> None:
    code, said = run("18.0", str(tmp_path), "--means", "1")

    assert code != 0
    assert "1: write it as --means NAME=VALUE" in said
