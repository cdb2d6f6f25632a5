"""Registries written by hand; the store is filled by the real `serving/package.py`."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from muster import lake, registry
from muster.settings import settings
from muster.specs import ModelSpec
from muster.steps import promote as step
from muster.steps.promote import PackagingError, promote

Train = Callable[..., None]


@pytest.fixture
def train(monkeypatch: pytest.MonkeyPatch) -> Train:
    """Give a function that registers a version with an AUROC and predictions as noisy as asked."""
    spec = ModelSpec.model_validate(
        {
            "name": "gene_phenotype",
            "question": "?",
            "target": "gene_phenotypes.status",
            "needs": [],
            "learner": "xgboost_per_term",
            "split": {"by": "gene_family"},
            "gates": {"auroc_min": 0.6},
        }
    )
    monkeypatch.setattr(step, "load_spec", lambda name: spec)

    def register(release: str, version: str, *, auroc: float = 0.8, noise: float = 1.0, seed: int = 5) -> None:
        with registry.save("gene_phenotype", release, version) as draft:
            _write_predictions(draft, noise, seed)
            manifest = {
                "name": "gene_phenotype",
                "release": release,
                "version": version,
                "learner": "xgboost_per_term",
                "trained_on": {"release": release},
                "device": None,
                "metrics": {"model": {"auroc": [auroc, auroc - 0.1, auroc + 0.1]}},
            }
            (draft / "manifest.json").write_text(json.dumps(manifest))

    return register


@pytest.fixture
def packaged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note what would be packaged, for tests that are not about packaging."""
    versions: list[str] = []
    monkeypatch.setattr(step, "_package", lambda model, release, version: versions.append(version))
    return versions


def _write_predictions(folder: Path, noise: float, seed: int) -> None:
    label = np.random.default_rng(4).random(200) < 0.3
    chance = np.random.default_rng(seed)
    columns = {
        "gene_id": [f"MGI:{number}" for number in range(200)],
        "mp_term_id": ["MP:1"] * 200,
        "score": label + noise * chance.normal(size=200),
        "status": ["called" if positive else "tested" for positive in label],
        "is_held_out": [True] * 200,
    }
    pq.write_table(pa.table(columns), folder / "predictions.parquet")


def champion() -> str | None:
    return registry.aliases("gene_phenotype").get("champion", {}).get("version")


def decision_file(release: str, version: str) -> dict:
    return json.loads((settings().registry / "gene_phenotype" / "decisions" / f"{release}-{version}.json").read_text())


def test_a_model_that_passes_its_gates_answers_and_is_in_the_store(train: Train) -> None:
    train("22.0", "aaa111aaa111")

    decision = promote("gene_phenotype", "22.0")

    stored = settings().workspace / "bentoml" / "models" / "muster_gene_phenotype" / "aaa111aaa111"
    assert decision.accepted
    assert champion() == "aaa111aaa111"
    assert (stored / "predictions.parquet").read_bytes() == (
        registry.resolve("gene_phenotype") / "predictions.parquet"
    ).read_bytes()
    assert decision_file("22.0", "aaa111aaa111") == decision.model_dump()


def test_a_store_that_was_filled_by_halves_is_mended(train: Train) -> None:
    train("22.0", "aaa111aaa111")
    promote("gene_phenotype", "22.0")
    stored = settings().workspace / "bentoml" / "models" / "muster_gene_phenotype" / "aaa111aaa111"
    (stored / "predictions.parquet").write_bytes(b"half")

    promote("gene_phenotype", "22.0")

    assert (stored / "predictions.parquet").stat().st_size > 1000


def test_a_failed_gate_keeps_the_champion(train: Train, packaged: list[str], caplog: pytest.LogCaptureFixture) -> None:
    train("22.0", "first")
    promote("gene_phenotype", "22.0")
    train("23.0", "second", auroc=0.55)

    decision = promote("gene_phenotype", "23.0")

    assert not decision.accepted
    assert decision.reasons == ["gate auroc_min: found 0.55, required 0.6"]
    assert champion() == "first"
    assert packaged == ["first"]
    assert "first of release 22.0 goes on answering" in caplog.text


def test_a_clearly_worse_challenger_is_refused(train: Train, packaged: list[str]) -> None:
    train("22.0", "first", noise=0.3)
    promote("gene_phenotype", "22.0")
    train("23.0", "second", noise=9.0)

    decision = promote("gene_phenotype", "23.0")

    assert champion() == "first"
    assert decision.comparison is not None
    assert decision.comparison["difference"][2] < 0
    assert decision.reasons[0].startswith("clearly worse: auroc")


def test_a_challenger_that_may_be_as_good_takes_over(train: Train, packaged: list[str]) -> None:
    train("22.0", "first", noise=1.0)
    promote("gene_phenotype", "22.0")
    train("23.0", "second", noise=1.0, seed=6)

    decision = promote("gene_phenotype", "23.0")

    assert decision.accepted
    assert champion() == "second"
    assert decision.champion_before == {"release": "22.0", "version": "first"}


def test_promoting_again_changes_nothing(train: Train, packaged: list[str]) -> None:
    train("22.0", "first")
    train("23.0", "second")
    first = [promote("gene_phenotype", release) for release in ("22.0", "23.0")]

    again = [promote("gene_phenotype", release) for release in ("22.0", "23.0")]

    assert again == first
    assert champion() == "second"
    assert len(registry.aliases("gene_phenotype")["history"]) == 2


def test_what_was_rolled_back_stays_down(train: Train, packaged: list[str]) -> None:
    train("22.0", "first")
    train("23.0", "second")
    promote("gene_phenotype", "22.0")
    promote("gene_phenotype", "23.0")

    registry.roll_back("gene_phenotype")
    promote("gene_phenotype", "23.0")

    assert champion() == "first"


def test_a_model_of_an_older_release_does_not_take_over(train: Train, packaged: list[str]) -> None:
    train("23.0", "newer")
    promote("gene_phenotype", "23.0")
    train("22.0", "older")

    decision = promote("gene_phenotype", "22.0")

    assert not decision.accepted
    assert "older than the champion's 23.0" in decision.reasons[0]


def test_a_run_killed_after_the_switch_ends_the_same(train: Train, packaged: list[str]) -> None:
    train("22.0", "first")
    promote("gene_phenotype", "22.0")
    train("23.0", "second")
    registry.promote("gene_phenotype", "23.0", "second")

    decision = promote("gene_phenotype", "23.0")

    assert decision.accepted
    assert decision.champion_before == {"release": "22.0", "version": "first"}
    assert champion() == "second"


def test_the_version_trained_last_is_the_challenger(train: Train, packaged: list[str]) -> None:
    train("22.0", "zzz")
    train("22.0", "aaa")
    older = registry.folder("gene_phenotype", "22.0", "zzz") / "manifest.json"
    os.utime(older, (1, 1))

    assert promote("gene_phenotype", "22.0").version == "aaa"


def test_without_a_trained_model_the_command_is_said(train: Train) -> None:
    with pytest.raises(registry.NoModelError, match=r"muster train gene_phenotype 24\.0"):
        promote("gene_phenotype", "24.0")


def test_a_model_whose_training_was_skipped_is_skipped_too(train: Train) -> None:
    log = settings().release_reports("24.0") / "steps.jsonl"
    log.parent.mkdir(parents=True)
    log.write_text('{"step": "train gene_phenotype", "is_done": false}\n')

    with pytest.raises(lake.SkippedError, match="lacks what it needs"):
        promote("gene_phenotype", "24.0")


def test_a_store_that_refuses_leaves_the_champion(
    train: Train, packaged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    train("22.0", "first")
    promote("gene_phenotype", "22.0")
    train("23.0", "second")

    def refuse(model: str, release: str, version: str) -> None:
        raise PackagingError("disk full")

    monkeypatch.setattr(step, "_package", refuse)
    with pytest.raises(PackagingError):
        promote("gene_phenotype", "23.0")

    assert champion() == "first"
    assert not (settings().registry / "gene_phenotype" / "decisions" / "23.0-second.json").exists()
