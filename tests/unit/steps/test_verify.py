import json
from pathlib import Path
from shutil import copytree

import pytest

from muster import lake
from muster.landing.companions import folder as companion_folder
from muster.settings import configure, settings
from muster.steps.fetch import fetch
from muster.steps.verify import DamagedError, NothingHereError, verify


def damage(path: Path) -> None:
    """Change one byte and leave the size."""
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))


@pytest.fixture
def landing(write_mirror) -> Path:
    write_mirror("18.0", phenotype_hits_per_gene="a,b\n1,2\n", viability="c\n3\n", parameters='{"name": "x"}\n')
    return fetch("18.0").parent


def said() -> str:
    with pytest.raises(DamagedError) as raised:
        verify()
    return str(raised.value)


def test_what_landed_as_it_is_passes(landing: Path) -> None:
    verify()
    verify("18.0")


def test_each_damaged_missing_and_foreign_file_is_named_with_its_remedy(landing: Path) -> None:
    damage(landing / "results" / "viability.csv.gz")
    (landing / "results" / "phenotypeHitsPerGene.csv.gz").unlink()
    (landing / "notes.txt").touch()

    text = said()

    assert text.startswith("3 files are not what they should be: ")
    assert "viability.csv.gz is damaged: its sha256 is not that of what came: run `muster fetch 18.0`" in text
    assert "phenotypeHitsPerGene.csv.gz is missing: run `muster fetch 18.0`" in text
    assert "notes.txt is foreign: no manifest names it: remove it" in text


def test_fetch_heals_what_verify_found(landing: Path) -> None:
    before = (landing / "results" / "viability.csv.gz").read_bytes()
    damage(landing / "results" / "viability.csv.gz")

    fetch("18.0")

    verify()
    assert (landing / "results" / "viability.csv.gz").read_bytes() == before


def test_a_damaged_companion_is_named_and_healed(landing: Path) -> None:
    companion_set = json.loads((landing / "manifest.json").read_text())["companions"]
    damage(companion_folder(companion_set) / "HMD_HumanPhenotype.rpt.gz")
    assert "HMD_HumanPhenotype.rpt.gz is damaged" in said()

    fetch("18.0")

    verify()
    assert json.loads((landing / "manifest.json").read_text())["companions"] == companion_set


def test_a_published_mart_that_changed_is_named(publish_marts) -> None:
    folder = publish_marts("18.0", genes="select 1 as gene_id")
    manifest = {"marts": {"genes": {"sha256": "0" * 64}}, "absent": {}}
    lake.write_json(folder / "manifest.json", manifest)

    text = said()

    assert text.startswith("1 files are not what they should be: ")
    assert "genes.parquet is damaged: its sha256 is not that of what came: run `muster publish 18.0`" in text


def test_what_was_added_to_a_release_is_verified(landing: Path) -> None:
    extra = settings().landing / "extras" / "18.0" / "own"
    extra.mkdir(parents=True)
    entries = [{"path": "a.json.gz", "bytes": 3, "sha256": "0"}]
    (extra / "manifest.json").write_text(json.dumps({"files": entries}))

    assert "a.json.gz is missing: add or harvest it again" in said()


def test_an_x_ray_that_changed_is_fetched_again_alone(tiny_mirror) -> None:
    configure(mirror=f"tiny={tiny_mirror.url}")
    folder = fetch("22.0").parent
    images = sorted((folder / "images").iterdir())
    damage(images[0])
    assert images[0].name in said()
    written_at = images[1].stat().st_mtime_ns

    fetch("22.0")

    verify("22.0")
    assert images[1].stat().st_mtime_ns == written_at


@pytest.mark.parametrize("draft", ["impc/18.0.draft", "extras/18.0/own.draft", "extras/18.0.draft/own"])
def test_a_draft_beside_what_landed_is_another_runs_business(landing: Path, draft: str) -> None:
    copytree(landing, settings().landing / draft)
    (settings().landing / draft / "results" / "viability.csv.gz").unlink()

    verify()


@pytest.mark.parametrize("draft", ["build.draft", "build.old.draft"])
def test_a_draft_of_a_build_is_passed_over(publish_marts, draft: str) -> None:
    folder = publish_marts("18.0", genes="select 1 as gene_id")
    lake.write_json(folder / "manifest.json", {"marts": {}, "absent": {}})
    (folder / "genes.parquet").unlink()
    lake.write_json(folder.with_name(draft) / "manifest.json", {"marts": {"genes": {"sha256": "0"}}, "absent": {}})

    verify("18.0")


@pytest.mark.parametrize("release", ["", "18.0"])
def test_a_harvest_is_verified_and_its_draft_is_not(release: str) -> None:
    folder = settings().landing / "solr" / "18.0" / "mp" / "0123"
    parts = [{"path": "part-00000.json.gz", "bytes": 3, "sha256": "0"}]
    content = {"parts": parts, "parquet": {"path": "harvest.parquet", "bytes": 3, "sha256": "0"}}
    for each in (folder, folder.with_name("0123.draft")):
        lake.write_json(each / "manifest.json", content)

    with pytest.raises(DamagedError, match=r"2 files .*json\.gz is missing: run `muster harvest mp` with --again"):
        verify(release)


def test_a_release_of_which_nothing_is_here_is_told() -> None:
    with pytest.raises(NothingHereError, match=r"99\.0: nothing landed"):
        verify("99.0")
