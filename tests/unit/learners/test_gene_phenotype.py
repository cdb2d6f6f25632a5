import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from muster.lake import SkippedError
from muster.learners import gene_phenotype
from muster.learners.baselines import BASELINES
from muster.learners.fitted import Fitted
from muster.learners.shards import Shard
from muster.specs import ModelSpec, load_spec

BOOSTER = {"max_depth": 2, "eta": 0.1, "max_bin": 32, "min_child_weight": 2, "reg_lambda": 2}


def small_spec(**params: object) -> ModelSpec:
    spec = load_spec("gene_phenotype")
    recipe = {
        "min_positives": 25,
        "shuffled_terms": 4,
        "robustness_terms": 2,
        "metapaths": ["string", "go", "string.string"],
        "rounds": 25,
    }
    return spec.model_copy(update={"params": {**recipe, "booster": BOOSTER, **params}})


def fit(target: Path) -> Fitted:
    target.mkdir(parents=True)
    return gene_phenotype.fit_and_evaluate(small_spec(), "2.0", target, device="cpu")


def fit_shard(number: int, version: str) -> Path:
    return gene_phenotype.fit_shard(small_spec(), "2.0", version, Shard(number, 2), device="cpu")


def sha256s(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models") / "whole.draft"


@pytest.fixture
def fitted(feature_workspace: Path, target: Path) -> Fitted:
    # One fit for the tests of this module: the fixture of the settings lives for one test only.
    note = target.with_suffix(".json")
    if not note.exists():
        found = fit(target)
        note.write_text(json.dumps([found.metrics, found.rows, found.training_table_sha256]))
    return Fitted(*json.loads(note.read_text()))


def test_the_manifest_tells_every_device_that_terms_were_fitted_on(fitted: Fitted) -> None:
    assert fitted.metrics["held_out"]["fitted_on"] == ["cpu"]


def test_the_model_beats_degree_and_neighbour_vote_on_held_out_families(fitted: Fitted) -> None:
    auroc = fitted.metrics["model"]["auroc"][0]

    assert auroc > 0.75
    assert auroc > fitted.metrics["baselines"]["degree"]["auroc"][0] + 0.1
    assert auroc > fitted.metrics["baselines"]["neighbour_vote"]["auroc"][0]


def test_shuffled_labels_cannot_be_learned(fitted: Fitted) -> None:
    # 4 terms of 192 genes: a standard error of 0.03
    assert abs(fitted.metrics["shuffled"]["auroc"][0] - 0.5) < 0.1


def test_every_gene_has_a_prediction_for_every_term(fitted: Fitted, target: Path) -> None:
    found = pd.read_parquet(target / "predictions.parquet")

    assert len(found) == 240 * 4
    assert found["probability"].between(0, 1).all()
    assert (found["is_held_out"] == (found["status"] != "untested")).all()
    untested = found[found["status"] == "untested"]
    assert (untested.groupby("mp_term_id")["rank"].apply(sorted).map(len) == 48).all()
    assert found.loc[found["status"] != "untested", "rank"].isna().all()
    best = untested[untested["rank"] == 1]
    assert (best["score"].to_numpy() == untested.groupby("mp_term_id")["score"].max().to_numpy()).all()


def test_the_best_untested_genes_are_explained_by_names(fitted: Fitted, target: Path) -> None:
    found = pd.read_parquet(target / "explanations.parquet")

    reasons = [reason for text in found["reasons"] for reason in json.loads(text)]
    assert any(reason.startswith("interacts with Gen") for reason in reasons)
    assert any(reason.startswith("shares GO term GO:") for reason in reasons)
    assert any(reason.startswith("score driven by") for reason in reasons)


def test_each_term_has_its_booster_and_its_row(fitted: Fitted, target: Path) -> None:
    terms = pd.read_parquet(target / "terms.parquet")

    assert (target / "boosters" / "MP_0000001.ubj").exists()
    assert terms["mp_term_id"].to_list() == ["MP:0000001", "MP:0000002", "MP:0000003", "MP:0000004"]
    assert (terms["tested"] == 192).all()
    assert (terms["auroc_low"] <= terms["auroc"]).all()


def test_a_killed_fit_goes_on_and_ends_in_the_same_bytes(
    fitted: Fitted, target: Path, feature_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resumed = target.with_name("resumed.draft")
    keep, kept = gene_phenotype.keep, []

    def keep_two(*arguments: object) -> None:
        if len(kept) == 2:
            raise KeyboardInterrupt
        kept.append(arguments[1])
        keep(*arguments)

    monkeypatch.setattr(gene_phenotype, "keep", keep_two)
    with pytest.raises(KeyboardInterrupt):
        fit(resumed)
    monkeypatch.setattr(gene_phenotype, "keep", lambda work, key, *rest: (kept.append(key), keep(work, key, *rest)))
    resumed.rmdir()
    again = fit(resumed)

    assert len(kept) == len(set(kept)) == 4
    assert again == fitted
    assert sha256s(resumed) == sha256s(target)


def test_shards_in_any_order_and_a_finish_end_in_the_same_bytes(
    fitted: Fitted, target: Path, feature_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sharded = target.with_name("sharded.draft")
    keep, kept = gene_phenotype.keep, []
    monkeypatch.setattr(gene_phenotype, "keep", lambda work, key, *rest: (kept.append(key), keep(work, key, *rest)))

    work = fit_shard(2, "sharded")
    first = list(kept)
    fit_shard(1, "sharded")
    fit_shard(1, "sharded")
    finished = fit(sharded)

    assert work == fit_shard(1, "sharded")
    assert len(first) == 2
    assert len(kept) == len(set(kept)) == 4
    assert finished == fitted
    assert sha256s(sharded) == sha256s(target)


def test_a_killed_shard_goes_on_where_it_stopped(
    fitted: Fitted, feature_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, kept = gene_phenotype.keep, []

    def keep_one(work: Path, key: str, *rest: object) -> None:
        if kept:
            raise KeyboardInterrupt
        kept.append(key)
        keep(work, key, *rest)

    monkeypatch.setattr(gene_phenotype, "keep", keep_one)
    with pytest.raises(KeyboardInterrupt):
        fit_shard(1, "killed")
    monkeypatch.setattr(gene_phenotype, "keep", lambda work, key, *rest: (kept.append(key), keep(work, key, *rest)))
    work = fit_shard(1, "killed")

    assert len(kept) == len(set(kept)) == 2
    assert sorted(path.stem for path in work.glob("*.json")) == sorted(kept)
    assert not list(work.glob("draft-*"))


def test_without_a_term_of_enough_called_genes_the_model_is_skipped(feature_workspace: Path, tmp_path: Path) -> None:
    with pytest.raises(SkippedError, match="no term has 500 called"):
        gene_phenotype.fit_and_evaluate(small_spec(min_positives=500), "2.0", tmp_path, device="cpu")


def test_a_parameter_nobody_knows_is_refused(feature_workspace: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="depth"):
        gene_phenotype.fit_and_evaluate(small_spec(depth=3), "2.0", tmp_path, device="cpu")


def test_the_seed_of_the_null_control_is_that_of_the_spec(fitted: Fitted) -> None:
    low, high = fitted.metrics["shuffled"]["auroc"][1:]

    assert low < 0.5 < high
    assert np.isfinite([low, high]).all()


def test_the_table_of_terms_is_there_for_people_and_machines_with_every_split(fitted: Fitted, target: Path) -> None:
    terms, told = pd.read_parquet(target / "terms.parquet"), pd.read_csv(target / "terms.csv")

    assert told.columns.to_list() == terms.columns.to_list()
    assert terms["study_bias_auroc"].notna().sum() == terms["by_centre_auroc"].notna().sum() == 1
    assert terms["calibration_error"].between(0, 0.2).all()
    assert fitted.metrics["hierarchy"]["contradictions_after"] == 0
    assert fitted.metrics["tests"]["degree"]["auroc"]["won"] == 4


def test_the_scores_of_every_baseline_are_kept(fitted: Fitted, target: Path) -> None:
    found = pd.read_parquet(target / "baselines.parquet")

    assert found.columns.to_list() == ["gene_id", "mp_term_id", *BASELINES]
    assert len(found) == 240 * 4
    assert found[list(BASELINES)].notna().all(axis=None)
