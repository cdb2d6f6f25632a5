import re
from pathlib import Path

import pytest

from muster.catalog import SourceFile
from muster.mirrors import discovery
from muster.mirrors.discovery import (
    RemoteRelease,
    UnknownReleaseError,
    available_releases,
    find_companions,
    find_files,
    find_metadata,
    find_release,
)
from muster.mirrors.patience import TransferError
from muster.settings import configure

NOTES = "This is the FTP directory of IMPC data release {number} ({date}).\n\n{scope}"


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "mirror" / "all-data-releases"
    for folder, number, date, scope in (
        ("release-04.2", "4.2", "2015-12-08", ""),
        ("release-9.2", "9.2", "2019-01-23", "Scope: partial (two files)."),
        ("release-10.0", "10.0", "2019-03-27", ""),
    ):
        (root / folder).mkdir(parents=True)
        (root / folder / "README.md").write_text(NOTES.format(number=number, date=date, scope=scope))
    monkeypatch.setenv("MUSTER_MIRROR", f"file:{root.parent}")
    configure()
    return root


def test_releases_are_sorted_by_number_whatever_their_folders_are_called(mirror: Path, connection) -> None:
    (mirror / "release-notes").mkdir()

    assert available_releases(connection) == ["4.2", "9.2", "10.0"]


def test_a_release_tells_its_date_and_scope(mirror: Path, connection) -> None:
    release = find_release(connection, "9.2")

    assert (release.number, release.released_on, release.is_partial) == ("9.2", "2019-01-23", True)
    assert find_release(connection, "4.2").url.endswith("/release-04.2")
    assert not find_release(connection, "4.2").is_partial


def test_an_unknown_release_is_told_with_those_there_are(mirror: Path, connection) -> None:
    with pytest.raises(UnknownReleaseError, match=r"11\.0: not on mirror .*; it has 4\.2, 9\.2, 10\.0"):
        find_release(connection, "11.0")


def test_a_mirror_without_listing_tells_its_newest_release(serving, reply, connection, monkeypatch) -> None:
    def script(asked, _):
        known = asked.path in ("/all-data-releases/latest/README.md", "/all-data-releases/release-24.0/README.md")
        return reply(200, b"data release 24.0 (2026-03-16)") if known else reply(404)

    with serving(script) as server:
        monkeypatch.setenv("MUSTER_MIRROR", server.url)
        configure()
        assert available_releases(connection) == ["24.0"]
        assert find_release(connection, "24.0").released_on == "2026-03-16"


def test_files_are_found_under_the_names_of_their_era(mirror: Path, connection) -> None:
    (mirror / "release-10.0" / "reports").mkdir()
    (mirror / "release-10.0" / "reports" / "viabilityReport.csv.gz").write_bytes(b"x")
    parts = mirror / "release-10.0" / "impc_kg" / "parameter_json"
    parts.mkdir(parents=True)
    for name in ("part-2.json.gz", "part-1.json.gz", "_SUCCESS", ".part-1.json.gz.crc"):
        (parts / name).write_bytes(b"x")

    found = find_files(connection, find_release(connection, "10.0"))

    assert {name: [remote.path for remote in remotes] for name, remotes in found.remotes.items()} == {
        "viability": ["reports/viabilityReport.csv.gz"],
        "parameters": ["impc_kg/parameter_json/part-1.json.gz", "impc_kg/parameter_json/part-2.json.gz"],
    }
    assert found.absent["assertions"] == "csv/ALL_genotype_phenotype.csv.gz is not in release 10.0 of the mirror"


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch):
    """Give a function that declares these companions alone."""

    def declare(**companions: SourceFile) -> None:
        declared = discovery.catalog().model_copy(update={"companions": companions})
        monkeypatch.setattr(discovery, "catalog", lambda: declared)

    return declare


def test_a_companion_is_taken_in_the_preferred_form_that_a_folder_holds(declare, tmp_path: Path, connection) -> None:
    table = {"path": "mp.csv.gz", "version": "2024"}
    declare(terms=SourceFile(path="mp.obo.gz", format="ontology", alternatives=[{"path": "mp.json"}, table]))
    (tmp_path / "mp.csv.gz").write_bytes(b"x")
    poorest = find_companions(connection, f"file:{tmp_path}")
    (tmp_path / "mp.obo").write_bytes(b"x")

    best = find_companions(connection, f"file:{tmp_path}")

    assert [remote.path for remote in poorest.remotes["terms"]] == ["mp.csv.gz"]
    assert [remote.path for remote in best.remotes["terms"]] == ["mp.obo"]


def test_a_companion_of_two_files_is_there_when_both_are(declare, tmp_path: Path, connection) -> None:
    declare(pairs=SourceFile(path="links.txt.gz", beside={"info.txt.gz": ""}))
    (tmp_path / "links.txt.gz").write_bytes(b"x")
    half = find_companions(connection, f"file:{tmp_path}")
    (tmp_path / "info.txt.gz").write_bytes(b"x")

    whole = find_companions(connection, f"file:{tmp_path}")

    assert half.absent == {"pairs": f"links.txt.gz is not in file:{tmp_path}"}
    assert [remote.path for remote in whole.remotes["pairs"]] == ["links.txt.gz", "info.txt.gz"]


def test_upstream_asks_each_publisher_for_the_declared_version(declare, serving, reply, connection) -> None:
    with serving(lambda asked, _: reply(200 if asked.path == "/2025/mp.obo" else 404)) as server:
        declare(
            terms=SourceFile(path="mp.obo.gz", version="2025", url=f"{server.url}/{{version}}/mp.obo"),
            genes=SourceFile(path="genes.rpt.gz", url=f"{server.url}/genes.rpt"),
            compiled=SourceFile(path="pairs.csv.gz"),
        )

        found = find_companions(connection, "upstream")

    assert [(remote.path, remote.url) for remote in found.remotes["terms"]] == [("mp.obo", f"{server.url}/2025/mp.obo")]
    assert found.absent == {
        "genes": f"{server.url}/genes.rpt is not there",
        "compiled": "nobody publishes it in this form: give a folder that has it by --companions",
    }


def test_a_publisher_that_answers_get_alone_is_believed_to_have_the_file(declare, serving, reply, connection) -> None:
    with serving(lambda asked, _: reply(405 if asked.method == "HEAD" else 200)) as server:
        declare(terms=SourceFile(path="mp.obo", url=f"{server.url}/mp.obo"))

        assert [remote.path for remote in find_companions(connection, "upstream").remotes["terms"]] == ["mp.obo"]


def test_a_publisher_in_trouble_costs_its_companion_alone(declare, serving, reply, connection) -> None:
    with serving(lambda asked, _: reply(500 if asked.path == "/a" else 200)) as server:
        declare(a=SourceFile(path="a", url=f"{server.url}/a"), b=SourceFile(path="b", url=f"{server.url}/b"))

        found = find_companions(connection, "upstream")

    assert list(found.remotes) == ["b"]
    assert "the mirror answered 500" in found.absent["a"]


def test_a_pattern_finds_every_file_of_such_a_name(mirror: Path, connection) -> None:
    folder = mirror / "release-24.0" / "results"
    folder.mkdir(parents=True)
    for name in ("fertility-1-summary.csv.gz", "fertility-3-detailed.csv.gz", "fertility.csv.gz"):
        (folder / name).write_bytes(b"x")

    found = find_files(connection, find_release(connection, "24.0"))

    assert [remote.path for remote in found.remotes["fertility"]] == [
        "results/fertility-1-summary.csv.gz",
        "results/fertility-3-detailed.csv.gz",
    ]
    assert found.absent["data_overview"] == "results/data-overview-*.csv.gz is not in release 24.0 of the mirror"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (403, "release_metadata.json is not to be had: .* 403 Forbidden"),
        (404, "release_metadata.json is not beside release 24.0 of the mirror"),
    ],
)
def test_metadata_that_the_site_forbids_or_lacks_are_absent(
    serving, reply, connection, monkeypatch, status: int, reason: str
) -> None:
    def script(asked, _):
        return reply(status if "landing-page-data" in asked.path else 404)

    with serving(script) as server:
        monkeypatch.setenv("MUSTER_MIRROR", server.url)
        configure()
        found = find_metadata(connection, RemoteRelease("24.0", f"{server.url}/x", is_partial=False, released_on=None))

    assert re.match(reason, found.absent["release_metadata"])
    assert "/landing-page-data/dr24.0/release_metadata.json" in {asked.path for asked in server.asked}


def test_a_release_file_that_the_mirror_forbids_stops_the_search(serving, reply, connection, monkeypatch) -> None:
    with serving(lambda asked, _: reply(403)) as server:
        monkeypatch.setenv("MUSTER_MIRROR", server.url)
        configure()
        with pytest.raises(TransferError, match="403 Forbidden"):
            find_files(connection, RemoteRelease("24.0", f"{server.url}/x", is_partial=False, released_on=None))


def test_sums_that_a_release_publishes_come_with_its_files(mirror: Path, connection) -> None:
    folder = mirror / "release-10.0" / "csv"
    folder.mkdir()
    (folder / "ALL_genotype_phenotype.csv.gz").write_bytes(b"x")
    (folder / "checksum.md5").write_text(f"{'a' * 32}  ALL_genotype_phenotype.csv.gz\nnonsense\n")

    [remote] = find_files(connection, find_release(connection, "10.0")).remotes["assertions"]

    assert remote.md5 == "a" * 32


def test_what_moved_on_the_mirror_is_named(mirror: Path, connection) -> None:
    folder = mirror / "release-10.0" / "csv"
    folder.mkdir()
    file = folder / "ALL_genotype_phenotype.csv.gz"
    file.write_bytes(b"x")
    release = find_release(connection, "10.0")
    before = find_files(connection, release)
    assert find_files(connection, release).moved(before) == []

    file.write_bytes(b"xyz")

    assert find_files(connection, release).moved(before) == ["csv/ALL_genotype_phenotype.csv.gz"]


def test_a_release_is_resolved_once_however_latest_moves(serving, reply, connection, monkeypatch) -> None:
    newest = ["24.0"]

    def script(asked, _):
        number = newest[0] if "/latest/" in asked.path else "24.0"
        known = asked.path in ("/all-data-releases/latest/README.md", "/all-data-releases/release-24.0/README.md")
        return reply(200, f"data release {number} (2026-03-16)".encode()) if known else reply(404)

    with serving(script) as server:
        monkeypatch.setenv("MUSTER_MIRROR", server.url)
        configure()
        release = find_release(connection, "24.0")
        newest[0] = "25.0"
        find_files(connection, release)

    assert release.url.endswith("/all-data-releases/release-24.0")
    later = [asked.path for asked in server.asked if "release-24.0" in asked.path]
    assert later
    assert [asked.path for asked in server.asked if "/latest/" in asked.path] == ["/all-data-releases/latest/README.md"]
