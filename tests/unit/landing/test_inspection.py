"""What landed is held against its manifest: missing, damaged, foreign."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from muster.landing import inspection
from muster.landing.integrity import sha256

NAMES = ("part-00000.json.gz", "harvest.parquet")


@pytest.fixture
def harvest(tmp_path: Path) -> Path:
    """A harvest of one part."""
    for name in NAMES:
        (tmp_path / name).write_bytes(name.encode())
    part, parquet = ({"path": name, "bytes": len(name), "sha256": sha256(tmp_path / name), "rows": 1} for name in NAMES)
    (tmp_path / "manifest.json").write_text(json.dumps({"parts": [part], "parquet": parquet}))
    return tmp_path


def test_a_whole_harvest_passes_with_the_journal_that_a_killed_run_left(harvest: Path) -> None:
    (harvest / "journal.jsonl").touch()

    assert list(inspection.harvest(harvest)) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.write_bytes(b"x"), "damaged: 1 bytes where"),
        (lambda path: path.write_bytes(path.read_bytes()[::-1]), "damaged: its sha256"),
    ],
)
def test_a_file_of_a_harvest_that_is_not_what_came_is_told(
    harvest: Path, name: str, harm: Callable[[Path], None], said: str
) -> None:
    harm(harvest / name)

    [damage] = inspection.harvest(harvest)

    assert damage.path == harvest / name
    assert damage.problem.startswith(said)


def test_a_file_that_no_harvest_made_is_foreign(harvest: Path) -> None:
    (harvest / "notes.txt").touch()

    [damage] = inspection.harvest(harvest)

    assert damage.is_foreign
