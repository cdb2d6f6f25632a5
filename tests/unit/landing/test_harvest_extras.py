"""A harvest for a named release becomes extra rows of its raw tables, in the shape the release's own files have."""

import gzip
import json
from hashlib import sha256
from pathlib import Path

import pytest

from muster.catalog import catalog
from muster.landing.extras import folder as extras_folder
from muster.reading import formats
from muster.settings import settings
from muster.simulator.solr import Faults
from muster.steps.harvest import Wanted, harvest


def lots(release: str) -> dict[str, Path]:
    """Return the folders of extra rows by the raw table they are for."""
    folders = list(extras_folder(release).iterdir()) if extras_folder(release).exists() else []
    return {json.loads((folder / "manifest.json").read_text())["table"]: folder for folder in folders}


def rows(folder: Path) -> list[dict]:
    parts = [folder / file["path"] for file in json.loads((folder / "manifest.json").read_text())["files"]]
    return [json.loads(line) for part in parts for line in gzip.decompress(part.read_bytes()).splitlines()]


def write_landed(release: str, **files: dict) -> None:
    folder = settings().landing / "impc" / release
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"files": files}))


def test_images_become_records_and_observations(solr_mirror) -> None:
    with solr_mirror(Faults()):
        harvest("impc_images", Wanted(rows=50, release="23.0"))

    found = lots("23.0")
    records, observations = rows(found["image_records"]), rows(found["observations"])
    assert set(records[0]) == {
        "observation_id", "jpeg_url", "download_url", "thumbnail_url", "omero_id", "increment_value"
    }  # fmt: skip
    assert {row["observation_id"] for row in records} == {row["observation_id"] for row in observations}
    assert len(records) == len(observations) == 138
    assert "jpeg_url" not in observations[0]


def test_the_manifest_of_extra_rows_describes_each_file(solr_mirror) -> None:
    with solr_mirror(Faults()) as url:
        harvest("impc_images", Wanted(rows=50, release="23.0"))

    folder = lots("23.0")["image_records"]
    told = json.loads((folder / "manifest.json").read_text())
    file = told["files"][0]
    assert (told["name"], told["release"], told["layout"]) == (folder.name, "23.0", "jsonl")
    assert file["sha256"] == sha256((folder / file["path"]).read_bytes()).hexdigest()
    assert (file["rows"], file["url"]) == (50, f"{url}/solr/impc_images/select")
    assert file["bytes"] == (folder / file["path"]).stat().st_size


def test_observations_read_like_those_of_the_release(solr_mirror, tiny_mirror) -> None:
    with solr_mirror(Faults()):
        harvest("experiment", Wanted("parameter_name:Fat mass", release="23.0"))

    extra = rows(lots("23.0")["observations"])
    bulk = tiny_mirror.folder / "all-data-releases/release-23.0/impc_bulk_api/experimental_data_json"
    own = {}
    for part in bulk.glob("*.gz"):
        for line in gzip.decompress(part.read_bytes()).splitlines():
            document = json.loads(line)
            own[document["observation_id"]] = document
    assert len(extra) > 100
    assert all(own[row["observation_id"]] == row for row in extra)


def test_without_a_named_release_nothing_is_handed_over(solr_mirror) -> None:
    with solr_mirror(Faults()):
        harvest("impc_images", Wanted())

    assert lots("23.0") == {}


def test_rows_that_lack_a_required_column_are_not_handed_over_and_named(solr_mirror, caplog) -> None:
    with solr_mirror(Faults()):
        harvest("impc_images", Wanted(fields=("jpeg_url",), release="23.0"))

    assert set(lots("23.0")) == {"image_records"}
    assert "no rows of observations for release 23.0: they lack biological_sample_group" in caplog.text


@pytest.mark.parametrize(
    ("core", "table"), [("genotype-phenotype", "assertions"), ("statistical-result", "statistical_results")]
)
def test_calls_and_results_fill_in_for_a_file_the_release_lacks(solr_mirror, core: str, table: str) -> None:
    with solr_mirror(Faults()):
        write_landed("23.0")
        harvest(core, Wanted(release="23.0"))

    folder = lots("23.0")[table]
    found = formats.table(
        table, catalog().files[table].model_copy(update={"format": "jsonl"}), sorted(folder.glob("*.gz"))
    )
    assert not set(catalog().files[table].required) & set(found.missing)
    assert all(isinstance(value, str | int | float | bool) for row in rows(folder) for value in row.values())
    assert any("," in row.get("top_level_mp_term_id", "") for row in rows(folder))


def test_a_release_with_its_own_file_keeps_to_it(solr_mirror, caplog) -> None:
    with solr_mirror(Faults()):
        write_landed("23.0", assertions={"path": "results/a.csv.gz"})
        harvest("genotype-phenotype", Wanted(release="23.0"))

    assert lots("23.0") == {}
    assert "the release has its own, results/a.csv.gz" in caplog.text


def test_rows_that_filled_in_go_once_the_release_has_its_own_file(solr_mirror, caplog) -> None:
    with solr_mirror(Faults()):
        write_landed("23.0")
        harvest("genotype-phenotype", Wanted(release="23.0"))
        assert set(lots("23.0")) == {"assertions"}
        write_landed("23.0", assertions={"path": "results/a.csv.gz"})
        harvest("genotype-phenotype", Wanted(release="23.0"))

    assert lots("23.0") == {}
    assert "of release 23.0 is removed: its own file takes its place" in caplog.text
