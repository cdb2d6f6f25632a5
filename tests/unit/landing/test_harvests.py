"""A SOLR in trouble: what passes is tried again, what does not add up is refused with its numbers."""

import gzip
import json
from pathlib import Path

import pytest

from muster.mirrors.solr import HarvestError
from muster.settings import settings
from muster.simulator import solr_faults
from muster.simulator.solr import Faults
from muster.steps.harvest import Wanted, harvest

CORE = "impc_images"
PAGES = Wanted(rows=20)
DOCUMENTS = 138


def documents(folder: Path) -> list[dict]:
    parts = [folder / part["path"] for part in told(folder)["parts"]]
    return [json.loads(line) for part in parts for line in gzip.decompress(part.read_bytes()).splitlines()]


def told(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text())


@pytest.mark.parametrize(
    "faults",
    [
        solr_faults.unavailable(503, 1, 4, 5),
        solr_faults.unavailable(500, 2),
        solr_faults.web_page(3),
        solr_faults.cut_json(1, 2, 6),
        solr_faults.slow(0.02),
    ],
)
def test_what_passes_is_tried_again(solr_mirror, faults: Faults) -> None:
    with solr_mirror(faults):
        folder = harvest(CORE, PAGES)

    assert len(documents(folder)) == DOCUMENTS


def test_a_mirror_that_stays_away_keeps_what_came_and_says_how_to_go_on(solr_mirror) -> None:
    with (
        solr_mirror(solr_faults.unavailable(503, *range(4, 40))),
        pytest.raises(HarvestError, match=r"503 .*the pages that came are kept: run harvest again"),
    ):
        harvest(CORE, PAGES)

    # Three pages are here: four are left, and a last one that is empty.
    with solr_mirror(solr_faults.unavailable(503, *range(6, 60))):
        folder = harvest(CORE, PAGES)

    assert len(documents(folder)) == DOCUMENTS


@pytest.mark.parametrize(("kind", "expected"), [("removed", 137), ("added", 139), ("copied", 138)])
def test_an_index_that_changes_once_is_harvested_once_more(solr_mirror, caplog, kind: str, expected: int) -> None:
    with solr_mirror(solr_faults.changing(CORE, kind, 3)):
        folder = harvest(CORE, PAGES)

    assert len(documents(folder)) == expected
    assert "once more from the start" in caplog.text


def test_a_document_that_is_altered_meanwhile_comes_once_as_it_is_then(solr_mirror) -> None:
    with solr_mirror(solr_faults.changing(CORE, "altered", 3)):
        folder = harvest(CORE, PAGES)

    assert len(documents(folder)) == DOCUMENTS
    assert [document["id"] for document in documents(folder) if document["sex"] == "no data"] == [
        max(document["id"] for document in documents(folder))
    ]


def test_identical_copies_are_removed_and_counted(solr_mirror) -> None:
    with solr_mirror(solr_faults.changing(CORE, "copied", 1)):
        folder = harvest(CORE, Wanted(rows=50))

    assert (told(folder)["num_found"], told(folder)["rows"], told(folder)["duplicates_removed"]) == (139, 138, 1)
    assert len({document["observation_id"] for document in documents(folder)}) == len(documents(folder)) == DOCUMENTS


@pytest.mark.parametrize(
    ("faults", "numbers"),
    [
        (solr_faults.changing(CORE, "removed", *range(3, 40)), r"held 137 documents at the start and 136 after 0"),
        (solr_faults.changing(CORE, "contradicted", 1), r"1 values of observation_id stand for different documents"),
        (solr_faults.miscounted(5), r"138 documents came .0 of them copies. and SOLR counts 143"),
    ],
)
def test_what_does_not_add_up_is_refused_with_the_numbers_and_leaves_nothing(solr_mirror, faults, numbers: str) -> None:
    with solr_mirror(faults), pytest.raises(HarvestError, match=f"{numbers}.*run harvest again"):
        harvest(CORE, PAGES)

    assert [path.suffix for path in (settings().landing / "solr" / "23.0" / CORE).iterdir()] == [".lock"]


@pytest.mark.parametrize("is_again", [False, True])
def test_a_harvest_killed_before_its_last_rename_is_not_asked_for_again(
    solr_mirror, monkeypatch: pytest.MonkeyPatch, caplog, is_again: bool
) -> None:
    rename = Path.rename

    def killed(path: Path, target: Path) -> Path:
        if path.suffix == ".draft":
            raise KeyboardInterrupt
        return rename(path, target)

    with solr_mirror(Faults()):
        if is_again:
            harvest(CORE, PAGES)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", killed)
            with pytest.raises(KeyboardInterrupt):
                harvest(CORE, Wanted(rows=20, is_again=is_again))
        with caplog.at_level("INFO"):
            folder = harvest(CORE, Wanted(rows=20, is_again=is_again))

    assert f"{DOCUMENTS} of {DOCUMENTS} documents are here; going on" in caplog.text
    assert len(documents(folder)) == DOCUMENTS
    assert not (folder / "journal.jsonl").exists()
    assert [path.name for path in folder.parent.glob("*.draft")] == []
