import json
from pathlib import Path

import pytest

from muster import lake
from muster.landing.companions import folder as companion_folder
from muster.locks import BusyError, exclusive
from muster.settings import settings
from muster.steps.fetch import fetch
from muster.steps.forget import ForgetError, forget
from muster.steps.load import load


@pytest.fixture
def two_releases(write_mirror, publish_marts) -> None:
    """18.0 and 19.0 are landed, loaded and published; 19.0 is current."""
    for release in ("18.0", "19.0"):
        write_mirror(release)
        fetch(release)
        load(release)
        publish_marts(release, genes="select 1 as gene_id, true as is_tested")
        (settings().release_reports(release)).mkdir(parents=True)
        (settings().release_reports(release) / "refused.json").write_text("{}")


def left_of(release: str) -> list[str]:
    return sorted(
        str(path.relative_to(settings().workspace))
        for path in settings().workspace.rglob(f"{release}*")
        if path.suffix != ".lock"
    )


def test_nothing_is_left_of_a_forgotten_release(two_releases) -> None:
    forget("18.0")

    assert left_of("18.0") == []
    assert lake.refusal("18.0") is None
    assert (lake.releases(), lake.current()) == (["19.0"], "19.0")


def test_in_place_of_the_current_release_the_newest_other_one_is_current(two_releases) -> None:
    asked = []

    forget("19.0", lambda plan: asked.append(plan) or True)

    assert lake.current() == "18.0"
    assert left_of("19.0") == []
    assert "Release 19.0 is removed: " in asked[0]
    assert "Release 18.0 becomes current." in asked[0]


def test_the_only_published_release_stays(two_releases) -> None:
    forget("18.0")

    with pytest.raises(ForgetError, match=r"19\.0 is current and the only published release"):
        forget("19.0")

    assert lake.read("19.0", "genes").fetchall() == [(1, True)]


def test_whoever_says_no_keeps_everything(two_releases) -> None:
    before = left_of("19.0")

    forget("19.0", lambda _: False)

    assert left_of("19.0") == before
    assert lake.current() == "19.0"


def test_companions_stay_as_long_as_a_release_uses_them(two_releases) -> None:
    manifest = json.loads((settings().landing / "impc" / "19.0" / "manifest.json").read_text())
    shared = companion_folder(manifest["companions"])
    unused = companion_folder("of old")
    unused.mkdir()
    (unused / "manifest.json").write_text("{}")

    forget("18.0")

    assert (shared / "manifest.json").exists()
    assert not unused.exists()


@pytest.mark.parametrize("lock", ["impc/19.0.lock", "impc/24.0.lock", "companions/companions.lock"])
def test_companions_stay_while_another_release_is_fetched(two_releases, caplog, lock: str) -> None:
    unused = companion_folder("of a fetch that names it at its end")
    unused.mkdir()
    (unused / "manifest.json").write_text("{}")

    with exclusive(settings().landing / lock, "test"), caplog.at_level("INFO"):
        forget("18.0")

    assert left_of("18.0") == []
    assert (unused / "manifest.json").exists()
    assert "unused companions stay until the next removal: fetch" in caplog.text


def test_what_killed_runs_left_beside_the_warehouse_goes_too(two_releases) -> None:
    warehouse = settings().warehouse("18.0").parent
    for name in ("18.0.conversions", "18.0.duckdb.draft.cuts", "18.0.duckdb.tmp"):
        (warehouse / name).mkdir()
        (warehouse / name / "left").touch()
    for name in ("18.0.duckdb.wal", "18.0.duckdb.draft", "18.0.duckdb.draft.wal"):
        (warehouse / name).touch()

    forget("18.0")

    assert sorted(path.name for path in warehouse.iterdir()) == ["18.0.lock", "19.0.duckdb", "19.0.lock"]


def test_features_models_added_and_harvested_files_stay(two_releases, caplog) -> None:
    kept = [settings().features / "gene_summary" / "18.0.parquet", settings().registry / "viability" / "18.0" / "v1"]
    kept += [settings().landing / "extras" / "18.0" / "own", settings().landing / "solr" / "18.0" / "mp" / "0123"]
    for path in kept:
        path.mkdir(parents=True)

    with caplog.at_level("INFO"):
        forget("18.0")

    assert all(path.exists() for path in kept)
    assert (
        "features, models, added and harvested files stay: features/gene_summary/18.0.parquet, landing/" in caplog.text
    )
    assert "landing/solr/18.0" in caplog.text


def test_a_removal_that_was_stopped_goes_on(two_releases, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(path: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("muster.steps.forget._remove", stop)
        with pytest.raises(KeyboardInterrupt):
            forget("19.0")
    assert (lake.releases(), lake.current()) == (["18.0"], "18.0")

    forget("19.0")

    assert left_of("19.0") == []


def test_a_release_that_is_being_fetched_is_not_removed(two_releases) -> None:
    with (
        exclusive(settings().landing / "impc" / "18.0.lock", "test"),
        pytest.raises(BusyError, match=r"fetch or removal of 18\.0 is under way in process \d+"),
    ):
        forget("18.0")


def test_a_release_of_which_nothing_is_here_is_told() -> None:
    with pytest.raises(ForgetError, match=r"99\.0: there is nothing of it here"):
        forget("99.0")
