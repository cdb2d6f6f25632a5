"""A trained viability model on disk and in memory: classifier, calibration, the features it wants, its rule era."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost

from muster import lake
from muster.learners import boosting
from muster.learners.feature_matrix import feature_matrix
from muster.learners.labels import OUTCOMES
from muster.learners.viability_calibration import Calibration


class FeaturesDifferError(RuntimeError):
    """The features asked with are not those the model was trained on."""


@dataclass(frozen=True)
class Model:
    """Everything that turns a gene's features into probabilities."""

    booster: xgboost.Booster
    trained_on: list[str]
    """Names of the features, in the order of the classifier."""
    calibration: Calibration
    rule_era: str | None
    """Under which definition of subviable its outcomes were called."""

    def predict(self, features: pd.DataFrame) -> pd.DataFrame:
        """Return the probability of each outcome, one row a row of `features` (offline or online, any column order).

        Raises:
            FeaturesDifferError: if a feature the model was trained on is missing.
        """
        found = feature_matrix(features)
        missing = sorted(set(self.trained_on) - set(found.names))
        if missing:
            raise FeaturesDifferError(
                f"the model needs {', '.join(missing)}: materialize the release it was trained on"
            )
        columns = [found.names.index(name) for name in self.trained_on]
        answers = self.calibration.apply(boosting.predict(self.booster, found.values[:, columns]))
        return pd.DataFrame({"gene_id": features["gene_id"].to_numpy(), **dict(zip(OUTCOMES, answers.T, strict=True))})


def save_model(model: Model, target: Path, release: str) -> None:
    """Write the model into a folder, without pickles."""
    model.booster.save_model(target / "model.ubj")
    lake.write_json(target / "calibration.json", model.calibration.to_json())
    known = {"names": model.trained_on, "release": release, "rule_era": model.rule_era}
    lake.write_json(target / "features.json", known)


def read_model(folder: Path) -> Model:
    """Return the model of a folder; one of before calibration answers as it did."""
    booster = xgboost.Booster(model_file=folder / "model.ubj")
    booster.set_param({"device": "cpu", "nthread": 1})
    known, path = json.loads((folder / "features.json").read_text()), folder / "calibration.json"
    as_said = Calibration(np.eye(len(OUTCOMES)), np.zeros(len(OUTCOMES)))
    calibration = Calibration.from_json(json.loads(path.read_text())) if path.exists() else as_said
    return Model(booster, known["names"], calibration, known.get("rule_era"))
