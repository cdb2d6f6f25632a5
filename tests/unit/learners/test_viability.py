import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from muster.learners import viability
from muster.learners.boosting import fit
from muster.learners.feature_matrix import FeatureMatrix
from muster.learners.features import online_table, training_table
from muster.learners.viability_folds import Examples
from muster.learners.viability_labels import ErasMixedError
from muster.learners.viability_model import FeaturesDifferError
from muster.specs import ModelSpec, load_spec


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("viability")


@pytest.fixture
def spec() -> ModelSpec:
    spec = load_spec("viability")
    return spec.model_copy(update={"params": {**spec.params, "rounds": 40, "shuffles": 4}})


@pytest.fixture
def metrics(feature_workspace: Path, target: Path, spec: ModelSpec) -> dict:
    # One fit for the tests of this module: the fixture of the settings lives for one test only.
    note = target / "metrics.json"
    if not note.exists():
        note.write_text(json.dumps(viability.fit_and_evaluate(spec, "2.0", target, device="cpu").metrics))
    return json.loads(note.read_text())


def test_the_model_beats_constraint_alone_and_degree(metrics: dict) -> None:
    assert metrics["model"]["auroc"][0] > 0.7
    assert metrics["model"]["auroc"][0] > metrics["baselines"]["degree"]["auroc"][0]
    assert set(metrics["baselines"]) == {"constraint", "all_constraint", "human_cells", "degree"}


def test_shuffled_outcomes_cannot_be_learned(metrics: dict) -> None:
    assert abs(metrics["shuffled"]["auroc"][0] - 0.5) < 0.08


def test_an_untested_gene_is_answered_online_exactly_as_in_the_predictions(metrics: dict, target: Path) -> None:
    predictions = pd.read_parquet(target / "predictions.parquet")
    untested = predictions[~predictions["is_held_out"]]

    for gene in untested["gene_id"].head(5):
        found = viability.predict(target, online_table("serving", "2.0", [gene]))
        expected = untested[untested["gene_id"] == gene]
        for outcome in ("lethal", "subviable", "viable"):
            assert found[outcome].to_numpy().tobytes() == expected[outcome].to_numpy().tobytes()


def test_a_tested_gene_is_answered_by_a_booster_that_did_not_see_it(metrics: dict, target: Path) -> None:
    predictions = pd.read_parquet(target / "predictions.parquet").set_index("gene_id")

    final = viability.predict(target, training_table("viability", "2.0")).set_index("gene_id")

    tested = predictions.index[predictions["outcome"].notna()]
    assert predictions.loc[tested, "is_held_out"].all()
    assert (predictions.loc[tested, "lethal"] != final.loc[tested, "lethal"]).mean() > 0.9


def test_the_probabilities_of_a_gene_sum_to_one(metrics: dict, target: Path) -> None:
    predictions = pd.read_parquet(target / "predictions.parquet")

    sums = predictions[["lethal", "subviable", "viable"]].sum(axis=1)
    np.testing.assert_allclose(sums, 1.0, atol=1e-5)


def test_a_more_constrained_gene_is_more_likely_lethal(metrics: dict, target: Path) -> None:
    table = training_table("viability", "2.0")

    constrained, tolerant = (viability.predict(target, table.assign(loeuf=value))["lethal"] for value in (0.15, 1.4))

    assert (constrained > tolerant).mean() > 0.95


def test_every_answer_says_why_and_the_reasons_are_those_of_the_model_that_gave_it(metrics: dict, target: Path) -> None:
    found = pd.read_parquet(target / "explanations.parquet").set_index("gene_id")
    predictions = pd.read_parquet(target / "predictions.parquet").set_index("gene_id")

    assert list(found.index) == list(predictions.index)
    assert found["reasons"].map(json.loads).map(len).max() <= 4
    odds = pd.DataFrame(found["groups"].map(json.loads).to_list(), index=found.index)
    ratio = np.log(predictions["lethal"] / predictions["viable"])
    assert np.corrcoef(odds.sum(axis=1), ratio)[0, 1] > 0.9


def test_the_metrics_tell_the_rule_the_calibration_the_study_and_the_finer_bins(metrics: dict, target: Path) -> None:
    assert metrics["rule_era"] == viability.read_model(target).rule_era == "before 20.0"
    assert set(metrics["outcomes"]) == {"viable", "subviable", "lethal"}
    assert metrics["calibration"]["error_after"] == metrics["model"]["calibration_error"]
    assert [genes for _, _, genes in metrics["calibration"]["reliability"]["lethal"]] == [20] * 2 + [19] * 8
    assert "interaction_degree" in metrics["study"]["without_study"]["without"]
    assert metrics["fusil"]["source"] == "derived"


def test_reasons_are_written_where_no_gene_is_without_an_outcome(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    values, labels = chance.random((60, 2)).astype(np.float32), (np.arange(60) % 3).astype(np.int32)
    examples = Examples(FeatureMatrix(["loeuf", "pagerank"], values), labels, np.arange(60, dtype=np.int32) % 2, 2)
    booster = fit(values, labels, {"objective": "multi:softprob", "num_class": 3}, 3)

    viability._write_explanations(
        tmp_path, [f"MGI:{n}" for n in range(60)], examples, dict.fromkeys([0, 1, -1], booster)
    )

    assert len(pd.read_parquet(tmp_path / "explanations.parquet")) == 60


def test_outcomes_of_two_rules_are_not_trained_on(
    feature_workspace: Path, spec: ModelSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mixed(_: str) -> str:
        raise ErasMixedError("two rules")

    monkeypatch.setattr(viability, "rule_era", mixed)

    with pytest.raises(ErasMixedError):
        viability.fit_and_evaluate(spec, "2.0", tmp_path, device="cpu")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_feature_is_told(metrics: dict, target: Path) -> None:
    table = training_table("viability", "2.0").drop(columns="loeuf")

    with pytest.raises(FeaturesDifferError, match="the model needs loeuf"):
        viability.predict(target, table)
