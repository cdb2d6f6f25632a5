"""The prospective scoreboard."""

import json
from pathlib import Path

import pandas as pd
import pytest

from muster import lake, registry
from muster.learners import prospective
from muster.learners.frozen import FrozenChangedError, freeze
from muster.portal import models
from muster.portal.offline import external_references
from muster.settings import settings
from muster.steps.portal import portal
from muster.steps.score import score


@pytest.fixture
def first_release(publish_universe) -> None:
    publish_universe("1.0", "2024-01-31", 0.5)


@pytest.fixture
def judged(first_release, publish_universe, save_phenotypes, save_viability) -> Path:
    """Score versions of 1.0, one of them the champion, when 2.0 is there."""
    for model, folder in (("gene_phenotype", save_phenotypes()), ("viability", save_viability())):
        freeze(model, folder)
        registry.promote(model, "1.0", "v1")
    publish_universe("2.0", "2024-07-31", 0.95)
    save_phenotypes("trial")
    save_phenotypes("late", is_shuffled=True)
    return score("2.0")


def test_the_champion_and_the_newest_version_are_judged_and_the_pages_say_so(judged: Path) -> None:
    told = json.loads((judged / "scores.json").read_text())

    found = {(entry["model"], entry["version"]): entry for entry in told["scores"]}
    assert set(found) == {("gene_phenotype", "v1"), ("gene_phenotype", "late"), ("viability", "v1")}
    assert found["gene_phenotype", "v1"]["is_prospective"]
    assert not found["gene_phenotype", "late"]["is_prospective"]
    assert len(pd.read_csv(judged / "gene_phenotype-1.0-v1.csv")) == 4
    page = (judged / "index.html").read_text()
    assert "frozen before 2.0 was published here" in page
    assert page.count("companions are of one date and may know what was published after 1.0") == 1
    assert external_references(page) == []


def test_the_scoreboard_of_the_portal_leads_to_each_judgement(judged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Versions made by hand lack what the pages of models show.
    monkeypatch.setattr(models, "models", list)

    site = portal()

    board = (site / "scoreboard.html").read_text()
    assert board.count("answers now") == 2
    assert 'href="releases/2.0/prospective/index.html#viability-1.0-v1"' in board
    assert 'href="scoreboard.html"' in (site / "index.html").read_text()
    assert (site / "releases/2.0/prospective/gene_phenotype-1.0-v1.csv").exists()


def test_what_is_judged_is_not_judged_again(judged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for learner in list(prospective.JUDGES):
        monkeypatch.setitem(prospective.JUDGES, learner, lambda *_: pytest.fail("judged again"))
    before = (judged / "index.html").read_bytes()

    assert (score("2.0") / "index.html").read_bytes() == before


def test_a_renewed_release_judges_again(judged: Path) -> None:
    path = settings().registry / "viability" / "scores" / "1.0-v1-by-2.0.json"
    (lake.build("2.0") / "viability.parquet").rename(lake.build("2.0") / "kept")
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "inputs": {**record["inputs"], "build": "older"}}))

    told = json.loads((score("2.0") / "scores.json").read_text())

    assert [entry["model"] for entry in told["scores"]] == ["gene_phenotype", "gene_phenotype"]
    assert told["skipped"] == ["viability is not judged: release 2.0 has no viability (not built)"]


def test_changed_predictions_are_refused_after_all_others_are_judged(judged: Path) -> None:
    path = registry.folder("viability", "1.0", "v1") / "predictions.parquet"
    pd.read_parquet(path).head(100).to_parquet(path)

    with pytest.raises(FrozenChangedError, match=r"viability v1 of release 1\.0"):
        score("2.0")

    page = (judged / "index.html").read_text()
    assert "changed since they were frozen" in page
    assert 'id="gene_phenotype-1.0-v1"' in page


def test_a_version_that_cannot_be_read_stops_no_other(judged: Path) -> None:
    folder = registry.folder("gene_phenotype", "1.0", "late")
    (settings().registry / "gene_phenotype" / "frozen" / "1.0-late.json").unlink()
    pd.read_parquet(folder / "predictions.parquet").drop(columns="probability").to_parquet(
        folder / "predictions.parquet"
    )

    told = json.loads((score("2.0") / "scores.json").read_text())

    assert {entry["version"] for entry in told["scores"]} == {"v1"}
    assert told["skipped"][0].startswith(f"{folder} cannot be judged by this code: BinderException")


def test_the_first_release_has_nothing_before_it_and_freezes_its_own(first_release, save_viability) -> None:
    save_viability()

    with pytest.raises(lake.SkippedError, match="no model was trained on an earlier release"):
        score("1.0")

    assert (settings().registry / "viability" / "frozen" / "1.0-v1.json").exists()


def test_an_empty_scoreboard_says_how_to_fill_it() -> None:
    assert "Nothing was judged yet" in (portal() / "scoreboard.html").read_text()
