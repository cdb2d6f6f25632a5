import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from muster import registry
from muster.lake import SkippedError
from muster.learners.fitted import Fitted
from muster.learners.shards import ShardError
from muster.locks import BusyError
from muster.specs import ModelSpec, load_spec
from muster.steps import train as step
from muster.steps.train import train, version_of


@pytest.fixture(autouse=True)
def quick_spec(monkeypatch: pytest.MonkeyPatch) -> None:
    def load_quick(name: str) -> ModelSpec:
        spec = load_spec(name)
        quick = {"rounds": 10, "shuffles": 1}
        return spec.model_copy(update={"params": {**spec.params, **quick}}) if name == "viability" else spec

    monkeypatch.setattr(step, "load_spec", load_quick)


def test_a_trained_model_can_be_traced_to_its_data_and_code(feature_workspace: Path) -> None:
    folder = train("viability", "2.0")

    found = registry.manifest(folder)
    assert (found["name"], found["release"], found["version"]) == ("viability", "2.0", folder.name)
    assert found["trained_on"]["build"] == "build-2.0"
    assert found["trained_on"]["marts"]["viability"] == "viability"
    assert found["trained_on"]["feature_service"] == "viability"
    assert len(found["trained_on"]["training_table_sha256"]) == 64
    assert found["device"] in ("cpu", "cuda")
    assert found["spec"]["learner"] == "xgboost_classifier"


def test_a_version_has_a_card_with_its_own_numbers(feature_workspace: Path) -> None:
    folder = train("viability", "2.0")

    card, found = (folder / "card.md").read_text(), registry.manifest(folder)
    value, low, high = (f"{part:.4f}".rstrip("0").rstrip(".") for part in found["metrics"]["model"]["auroc"])
    assert f"{value} [{low}, {high}]" in card
    assert found["trained_on"]["training_table_sha256"] in card
    assert "- human constraint: " in card


def test_a_model_that_is_there_is_not_trained_again(feature_workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = train("viability", "2.0")
    monkeypatch.setattr(step, "import_module", lambda _: pytest.fail("trained again"))

    assert train("viability", "2.0") == folder


def test_the_same_inputs_give_the_same_version_and_another_spec_another(feature_workspace: Path) -> None:
    spec = load_spec("viability")
    other = spec.model_copy(update={"params": {**spec.params, "rounds": 3}})

    assert version_of(spec, "2.0") == version_of(spec, "2.0")
    assert version_of(other, "2.0") != version_of(spec, "2.0")
    assert version_of(spec, "1.0") != version_of(spec, "2.0")


def test_a_release_without_what_a_model_needs_skips_it(publish_marts) -> None:
    publish_marts("1.0", absent={"images": "no image records in the release"}, genes="select 'MGI:1' as gene_id")

    with pytest.raises(SkippedError, match=r"xray is skipped: release 1\.0 has no images \(no image records"):
        train("xray", "1.0")


def test_a_failed_fit_registers_nothing(feature_workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        @staticmethod
        def fit_and_evaluate(*_: object, **__: object) -> None:
            raise ValueError("no convergence")

    monkeypatch.setattr(step, "import_module", lambda _: Broken)
    with pytest.raises(ValueError, match="no convergence"):
        train("viability", "1.0")

    assert [at for at, _ in registry.versions("viability")] in ([], ["2.0"])


def test_the_manifest_has_no_clock(feature_workspace: Path) -> None:
    text = (train("viability", "2.0") / "manifest.json").read_text()

    assert not {"trained_at", "date", "seconds"} & set(json.loads(text))


def test_a_model_fitted_in_one_piece_has_no_shards(feature_workspace: Path) -> None:
    with pytest.raises(ShardError, match="viability is fitted in one piece: leave --shard away"):
        train("viability", "2.0", shard="1/2")


def test_a_shard_there_is_not_is_refused_before_anything_is_read() -> None:
    with pytest.raises(ShardError, match="41/40: not a shard"):
        train("gene_phenotype", "2.0", shard="41/40")


class Slow:
    """A learner whose fits are watched while they run."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self.meanwhile = meanwhile

    def fit_shard(self, *_: object, **__: object) -> Path:
        self.meanwhile()
        return Path("kept")

    def fit_and_evaluate(self, *_: object, **__: object) -> Fitted:
        self.meanwhile()
        return Fitted({"model": {}}, 0, "")


def test_shards_run_side_by_side_but_the_same_one_only_once(
    feature_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "_require", lambda *_: None)
    idle = Slow(lambda: None)

    def others() -> None:
        monkeypatch.setattr(step, "import_module", lambda _: idle)
        assert train("gene_phenotype", "2.0", shard="2/2") == Path("kept")
        with pytest.raises(BusyError, match="train gene_phenotype --shard 1/2 is under way"):
            train("gene_phenotype", "2.0", shard="1/2")
        with pytest.raises(BusyError, match="train gene_phenotype is under way"):
            train("gene_phenotype", "2.0")

    monkeypatch.setattr(step, "import_module", lambda _: Slow(others))
    assert train("gene_phenotype", "2.0", shard="1/2") == Path("kept")


def test_what_shards_fitted_for_another_version_is_kept_for_a_while(
    feature_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = feature_workspace / "demo" / "training" / "gene_phenotype"
    monkeypatch.setattr(step, "_require", lambda *_: None)
    monkeypatch.setattr(step, "_manifest", lambda *_: {})
    monkeypatch.setattr(step, "write_card", lambda _: None)
    monkeypatch.setattr(step, "import_module", lambda _: Slow(lambda: None))
    own = work / version_of(load_spec("gene_phenotype"), "1.0")
    for kept in (own, work / "other", work / "forgotten"):
        kept.mkdir(parents=True)
    month_ago = time.time() - 30 * 24 * 3600
    os.utime(work / "forgotten", (month_ago, month_ago))

    folder = train("gene_phenotype", "1.0")

    assert [own.exists(), (work / "other").exists(), (work / "forgotten").exists()] == [False, True, False]
    shutil.rmtree(folder)
    shutil.rmtree(work)


def test_no_shard_begins_while_the_version_is_written(feature_workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "_require", lambda *_: None)

    def others() -> None:
        with pytest.raises(BusyError, match="train gene_phenotype is under way"):
            train("gene_phenotype", "1.0", shard="1/2")

    monkeypatch.setattr(step, "import_module", lambda _: Slow(others))
    monkeypatch.setattr(step, "_manifest", lambda *_: {})
    monkeypatch.setattr(step, "write_card", lambda _: None)
    folder = train("gene_phenotype", "1.0")

    assert train("gene_phenotype", "1.0", shard="1/2") == folder
    shutil.rmtree(folder)
