import gzip
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from muster import lake
from muster.landing.companions import CompanionsError
from muster.locks import BusyError, exclusive
from muster.settings import configure, settings
from muster.simulator.faults import Fault
from muster.simulator.server import running
from muster.steps.fetch import fetch

REAL = Path(__file__).resolve().parents[4] / "shared" / "data"


def landed_bytes(folder: Path) -> dict[str, bytes]:
    """Return every file of a landed release but its manifest, which tells when files were fetched."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def manifest(release: str) -> dict:
    return json.loads((settings().landing / "impc" / release / "manifest.json").read_text())


def test_a_release_lands_with_a_manifest_of_where_each_file_came_from(write_mirror) -> None:
    mirror = write_mirror("18.0", readme="IMPC data release 18.0 (2022-11-28)\n\nScope: partial (one file).\n")

    path = fetch("18.0")

    told = json.loads(path.read_text())
    entry = told["files"]["phenotype_hits_per_gene"]
    source = mirror / "all-data-releases/release-18.0/results/phenotypeHitsPerGene.csv.gz"
    assert path == settings().landing / "impc" / "18.0" / "manifest.json"
    assert (path.parent / entry["path"]).read_bytes() == source.read_bytes()
    assert (told["release"], told["released_on"], told["is_partial"]) == ("18.0", "2022-11-28", True)
    assert entry["bytes"] == source.stat().st_size
    assert len(entry["sha256"]) == 64
    assert entry["fetched_at"].endswith("+00:00")
    assert told["absent"]["viability"] == "results/viability.csv.gz is not in release 18.0 of the mirror"
    assert (settings().landing / "companions" / told["companions"] / "manifest.json").exists()


def test_a_release_does_not_wait_for_the_page_that_describes_it(write_mirror) -> None:
    mirror = write_mirror()
    page = mirror / "landing-page-data" / "dr18.0" / "release_metadata.json"
    page.parent.mkdir(parents=True)
    page.write_text("<!doctype html><html>be right back</html>")

    told = json.loads(fetch("18.0").read_text())

    assert "phenotype_hits_per_gene" in told["files"]
    assert "is a web page, not data" in told["absent"]["release_metadata"]


def test_a_landed_release_is_not_fetched_again(write_mirror) -> None:
    mirror = write_mirror()
    before = fetch("18.0").read_text()
    shutil.rmtree(mirror / "all-data-releases")

    assert fetch("18.0").read_text() == before


def test_a_file_that_was_lost_is_fetched_again_alone(write_mirror) -> None:
    write_mirror("18.0", phenotype_hits_per_gene="a,b\n1,2\n", viability="c\n3\n")
    before = json.loads(fetch("18.0").read_text())
    folder = settings().landing / "impc" / "18.0"
    (folder / "results" / "viability.csv.gz").unlink()

    after = json.loads(fetch("18.0").read_text())

    assert sorted(landed_bytes(folder)) == ["results/phenotypeHitsPerGene.csv.gz", "results/viability.csv.gz"]
    assert after["files"]["phenotype_hits_per_gene"] == before["files"]["phenotype_hits_per_gene"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (gzip.compress(b"Gene Symbol\n" * 9999)[:-20], "viability.csv.gz is truncated"),
        (b"<!DOCTYPE html><html>Sorry</html>", "viability.csv.gz is a web page"),
        (gzip.compress(b"Gene Symbol\n" * 9999)[:-6] + b"\0\0\0\0\0\0", "viability.csv.gz is damaged"),
        (b"Gene Symbol,Gene\n", "viability.csv.gz is not gzip"),
    ],
)
def test_an_unusable_file_refuses_the_release_by_its_name(write_mirror, content: bytes, complaint: str) -> None:
    write_mirror("18.0", viability=content, phenotype_hits_per_gene="Gene Symbol\nA\n")

    with pytest.raises(lake.RefusedError, match=complaint):
        fetch("18.0")

    refusal = lake.refusal("18.0")
    assert refusal is not None
    assert refusal["stage"] == "fetch"
    assert "lacks the required columns gene_id, hit_count, hits" in refusal["reasons"][1]
    assert not (settings().landing / "impc" / "18.0").exists()


def test_a_corrected_file_is_fetched_and_the_refusal_taken_back(write_mirror) -> None:
    write_mirror("18.0", viability=b"no gzip")
    with pytest.raises(lake.RefusedError):
        fetch("18.0")
    write_mirror("18.0", viability="Gene Symbol\nA\n")

    fetch("18.0")

    assert lake.refusal("18.0") is None


def test_a_landed_release_that_was_refused_is_fetched_again_once_the_mirror_corrected_it(write_mirror) -> None:
    write_mirror("18.0", viability="bad\n1\n")
    fetch("18.0")
    lake.refuse("18.0", "raw", ["viability is bad"])
    write_mirror("18.0", viability="good and longer\n1\n")

    fetch("18.0")

    content = (settings().landing / "impc" / "18.0" / "results" / "viability.csv.gz").read_bytes()
    assert gzip.decompress(content) == b"good and longer\n1\n"


def test_a_release_without_any_declared_file_is_refused(write_mirror) -> None:
    mirror = write_mirror("18.0")
    shutil.rmtree(mirror / "all-data-releases/release-18.0/results")

    with pytest.raises(lake.RefusedError, match="phenotype_hits_per_gene is needed"):
        fetch("18.0")


def test_a_file_that_differs_from_its_published_sum_refuses_the_release(write_mirror) -> None:
    mirror = write_mirror("10.0", assertions="a\n1\n")
    (mirror / "all-data-releases/release-10.0/csv/checksum.md5").write_text(
        f"{'0' * 32}  ALL_genotype_phenotype.csv.gz\n"
    )

    with pytest.raises(lake.RefusedError, match=r"ALL_genotype_phenotype\.csv\.gz is not what its mirror publishes"):
        fetch("10.0")


def test_a_file_is_landed_with_its_published_sum_and_its_lines(write_mirror) -> None:
    mirror = write_mirror("10.0", assertions="a\n1\n2\n")
    folder = mirror / "all-data-releases/release-10.0/csv"
    digest = hashlib.md5((folder / "ALL_genotype_phenotype.csv.gz").read_bytes()).hexdigest()
    (folder / "checksum.md5").write_text(f"{digest}  ALL_genotype_phenotype.csv.gz\n")

    fetch("10.0")

    entry = manifest("10.0")["files"]["assertions"]
    assert (entry["md5"], entry["lines"]) == (digest, 3)


def test_companions_nothing_works_without_are_asked_for(write_mirror) -> None:
    mirror = write_mirror("18.0")
    (mirror / "companions" / "HMD_HumanPhenotype.rpt.gz").unlink()

    with pytest.raises(CompanionsError, match=r"orthologues: HMD_HumanPhenotype\.rpt\.gz is not in"):
        fetch("18.0")


def test_two_releases_share_their_companions(write_mirror) -> None:
    write_mirror("18.0")
    write_mirror("19.0")

    fetch("18.0")
    fetch("19.0")

    assert manifest("18.0")["companions"] == manifest("19.0")["companions"]


def test_companions_of_another_place_replace_the_set_of_a_landed_release(
    write_mirror, tmp_path: Path, monkeypatch
) -> None:
    mirror = write_mirror("18.0")
    fetch("18.0")
    first = manifest("18.0")["companions"]
    shutil.copytree(mirror / "companions", tmp_path / "others")
    (tmp_path / "others" / "HMD_HumanPhenotype.rpt.gz").write_bytes(gzip.compress(b"A\t1\ta\tMGI:1\n"))
    monkeypatch.setenv("MUSTER_COMPANIONS", str(tmp_path / "others"))
    configure()

    fetch("18.0")

    assert manifest("18.0")["companions"] != first


def test_the_same_release_is_not_fetched_twice_at_once(write_mirror) -> None:
    write_mirror("18.0")
    lock = settings().landing / "impc" / "18.0.lock"

    with exclusive(lock, "test"), pytest.raises(BusyError, match=f"process {os.getpid()}"):
        fetch("18.0")


def test_x_rays_of_the_declared_views_are_stored_by_content(tiny_mirror) -> None:
    configure(mirror=f"tiny={tiny_mirror.url}")

    folder = fetch("22.0").parent

    records = [json.loads(line) for line in (folder / "images.jsonl").read_text().splitlines()]
    assert len(records) == manifest("22.0")["images"]["count"] > 50
    assert manifest("22.0")["images"]["errors"] == 0
    assert {path.name for path in (folder / "images").iterdir()} == {f"{record['sha256']}.jpg" for record in records}
    assert [record["observation_id"] for record in records] == sorted(record["observation_id"] for record in records)


def test_a_fetch_killed_mid_file_ends_in_the_same_bytes(tiny_mirror, tmp_path: Path) -> None:
    configure(mirror=f"tiny={tiny_mirror.url}")
    undisturbed = landed_bytes(fetch("22.0").parent)
    part = tmp_path / "killed/tiny/landing/impc/22.0.draft/results/statistical-results-ALL.csv.gz.part"

    slow = "*/statistical-results-ALL.csv.gz"
    # The first answer is cut; the client comes back for the rest, and is killed while it waits.
    faults = [Fault(slow, "GET", requests=[1], cut=100_000), Fault(slow, "GET", requests=range(2, 99), delay=20)]
    with running(tiny_mirror.folder, faults=faults) as url:
        configure(mirror=f"tiny={url}", data=tmp_path / "killed")
        code = "from muster.steps.fetch import fetch; fetch('22.0')"
        process = subprocess.Popen(
            [sys.executable, "-c", code], env=settings().subprocess_environment(), stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while not (part.exists() and part.stat().st_size >= 100_000) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    kept = part.stat().st_size

    configure(mirror=f"tiny={tiny_mirror.url}")
    again = landed_bytes(fetch("22.0").parent)

    assert kept >= 100_000
    assert again == undisturbed


@pytest.mark.skipif(not REAL.exists(), reason="the real IMPC files are not beside this checkout (../shared/data)")
def test_real_files_are_copied_as_they_are(monkeypatch) -> None:
    monkeypatch.setenv("MUSTER_COMPANIONS", str(REAL / "companions"))
    configure(mirror=f"file:{REAL / 'mirror'}")

    folder = fetch("18.0").parent

    told = manifest("18.0")
    assert (told["is_partial"], told["released_on"]) == (True, "2022-11-28")
    assert sorted(told["files"]) == ["phenotype_hits_per_gene", "viability"]
    original = REAL / "mirror/all-data-releases/release-18.0/results/viability.csv.gz"
    assert (folder / "results" / "viability.csv.gz").read_bytes() == original.read_bytes()
