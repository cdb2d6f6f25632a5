"""A booster of two features and a store that says what it is told."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from muster.answers.errors import NoFeaturesError
from muster.answers.names import Names
from muster.answers.viability import OnlineFeatures, Viability
from muster.learners.boosting import fit, predict
from muster.learners.viability_calibration import Calibration
from muster.learners.viability_model import Model

RELEASED = datetime(2024, 7, 31, tzinfo=UTC).timestamp()
CHANCES = {"lethal": 0.7, "subviable": 0.2, "viable": 0.1}
WHY = "human constraint (LOEUF 0.20): odds of lethal x 3.0"
HELD_OUT = {"gene_id": "MGI:1", "outcome": "lethal", "is_held_out": True, "reasons": f'["{WHY}"]', **CHANCES}
SAID = {"rule_era": "from 20.0", "reasons": [WHY], "fusil": None}
UNTESTED = {**HELD_OUT, "gene_id": "MGI:2", "outcome": None, "is_held_out": False}


class FakeFeatures(OnlineFeatures):
    """Knows MGI:2 and MGI:3; notes what it was asked."""

    def __init__(self, **features: Any) -> None:
        super().__init__("2.0")
        self.features = features or {"loeuf": {"MGI:2": 0.2, "MGI:3": 1.2}, "shet": {"MGI:2": 0.1}}
        self.asked: list[str] = []

    def read(self, gene_ids: list[str]) -> dict[str, list[Any]]:
        self.asked += gene_ids
        columns: dict[str, list[Any]] = {"gene_id": list(gene_ids)}
        for name, values in self.features.items():
            columns[name] = [values.get(gene) for gene in gene_ids]
            columns[f"{name}__ts"] = [RELEASED if gene in values else 0 for gene in gene_ids]
        return columns


def model(features: OnlineFeatures) -> Viability:
    chance = np.random.default_rng(1)
    table = chance.random((60, 2)).astype(np.float32)
    params = {"objective": "multi:softprob", "num_class": 3, "max_bin": 16}
    booster = fit(table, (table[:, 0] * 3).astype(int), params, 5)
    names = Names(["MGI:1", "MGI:2"], ["Gen1", "Gen2"])
    as_said = Calibration(np.eye(3), np.zeros(3))
    trained = Model(booster, ["loeuf", "shet"], as_said, "from 20.0")
    return Viability(names, [HELD_OUT, UNTESTED], trained, features)


def test_a_tested_gene_is_answered_from_the_files_without_the_store() -> None:
    features = FakeFeatures()

    (answer,) = model(features).of_genes([(0, "MGI:1")])

    assert answer == {"outcome": "lethal", "probabilities": CHANCES, "is_held_out": True, **SAID}
    assert features.asked == []


def test_an_untested_gene_is_answered_by_the_booster_on_what_the_store_says() -> None:
    viability = model(FakeFeatures())

    (answer,) = viability.of_genes([(1, "MGI:2")])

    (expected,) = predict(viability.model.booster, np.array([[0.2, 0.1]], np.float32)).tolist()
    said = [answer["probabilities"][outcome] for outcome in ("viable", "subviable", "lethal")]
    assert said == pytest.approx(expected, rel=1e-6)
    assert (answer["is_held_out"], answer["features_as_of"]) == (False, "2024-07-31")


def test_a_missing_feature_of_one_gene_is_unknown_to_the_booster_not_zero() -> None:
    viability = model(FakeFeatures())

    (answer,) = viability.of_genes([(None, "MGI:3")])

    (expected,) = predict(viability.model.booster, np.array([[1.2, np.nan]], np.float32)).tolist()
    assert answer["probabilities"]["lethal"] == pytest.approx(expected[2], rel=1e-6)


def test_a_gene_without_features_has_no_probabilities() -> None:
    (answer,) = model(FakeFeatures()).of_genes([(None, "MGI:9")])

    assert answer == {"outcome": None, "probabilities": None, "is_held_out": False, **SAID, "reasons": []}


def test_many_genes_are_read_at_once_and_answered_in_their_order() -> None:
    features = FakeFeatures()

    answers = model(features).of_genes([(None, "MGI:9"), (1, "MGI:2"), (0, "MGI:1"), (1, "MGI:2")])

    assert [answer["outcome"] for answer in answers] == [None, None, "lethal", None]
    assert [answer["probabilities"] is None for answer in answers] == [True, False, False, False]
    assert features.asked == ["MGI:9", "MGI:2"]


def test_a_store_of_other_features_is_no_answer() -> None:
    features = FakeFeatures(loeuf={"MGI:2": 0.2})

    with pytest.raises(NoFeaturesError, match="the model needs shet"):
        model(features).of_genes([(1, "MGI:2")])


def test_without_a_store_the_command_that_makes_it_is_said() -> None:
    with pytest.raises(NoFeaturesError, match=r"muster materialize 2\.0"):
        OnlineFeatures("2.0").read(["MGI:1"])
