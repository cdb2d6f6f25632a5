import json
from pathlib import Path

import pytest

from muster import lake
from muster.settings import configure, settings
from muster.standing import overview
from muster.warehouse import writer


@pytest.fixture
def workspace(tmp_path: Path, publish_marts, monkeypatch: pytest.MonkeyPatch) -> None:
    """9.2 is published, 10.0 refused, 10.1 only on the mirror."""
    for release in ("9.2", "10.0", "10.1"):
        (tmp_path / "mirror" / "all-data-releases" / f"release-{release}").mkdir(parents=True)
    monkeypatch.setenv("MUSTER_MIRROR", f"file:{tmp_path / 'mirror'}")
    configure()
    for release in ("9.2", "10.0"):
        entry = {"path": "a.gz", "bytes": 4_458_965, "fetched_at": "2026-11-23T01:02:03+00:00"}
        lake.write_json(settings().landing / "impc" / release / "manifest.json", {"files": {"a": entry}})
        with writer(release):
            pass
    publish_marts("9.2", genes="select 1 as gene_id")
    lake.refuse("10.0", "raw", ["a third of the rows are repeated", "and more"], files={})


def test_each_release_has_a_line_that_says_where_it_stands(workspace) -> None:
    header, *lines = overview().lines()

    assert header.split() == ["release", "mirror", "landed", "size", "loaded", "published", "current", "refused"]
    assert [line.split()[0] for line in lines] == ["9.2", "10.0", "10.1"]
    assert lines[0].split() == ["9.2", "yes", "2026-11-23", "4.5", "MB", "yes", "build", "<-"]
    assert lines[1].endswith("raw: a third of the rows are repeated")
    assert lines[2].split() == ["10.1", "yes"]


def test_a_mirror_that_does_not_answer_is_told_and_the_rest_is_listed(workspace, monkeypatch) -> None:
    monkeypatch.setenv("MUSTER_MIRROR", f"{configure().workspace.name}=http://127.0.0.1:9")
    configure()

    found = overview()

    first, _, *lines = found.lines()
    assert first.startswith("The mirror does not answer (http://127.0.0.1:9/all-data-releases/: ConnectError")
    assert [line.split()[:2] for line in lines] == [["9.2", "?"], ["10.0", "?"]]
    assert found.releases[0].is_on_mirror is None


def test_machines_are_told_everything(workspace) -> None:
    told = json.loads(overview().json())

    assert told["mirror_error"] is None
    assert [entry["release"] for entry in told["releases"]] == ["9.2", "10.0", "10.1"]
    assert told["releases"][0] == {
        "release": "9.2",
        "is_on_mirror": True,
        "landed_at": "2026-11-23T01:02:03+00:00",
        "landed_bytes": 4_458_965,
        "is_loaded": True,
        "refused_at": None,
        "reasons": [],
        "build": "build",
        "is_current": True,
        "is_outdated": False,
    }
    assert told["releases"][1]["reasons"] == ["a third of the rows are repeated", "and more"]
