"""Is the homozygous knockout lethal, subviable or viable? One classifier on the feature store's numbers."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xgboost
from pydantic import BaseModel

from muster import lake
from muster.lake import SkippedError
from muster.learners import boosting
from muster.learners.feature_matrix import feature_matrix
from muster.learners.features import training_table
from muster.learners.fitted import Fitted
from muster.learners.labels import OUTCOMES, UNTESTED, families
from muster.learners.metrics import draws
from muster.learners.viability_evaluation import Answers, Examples, Labels, evaluate, shuffle
from muster.specs import ModelSpec

#: Genes of each outcome without which there is nothing to learn.
FEWEST = 10


class Recipe(BaseModel, extra="forbid", frozen=True):
    """What the spec says about the fit."""

    rounds: int
    shuffles: int
    """How often the fit is repeated on shuffled outcomes: one repeat alone lands beyond 0.5 ± 0.05 too often."""
    booster: dict[str, Any]


class FeaturesDifferError(RuntimeError):
    """The features asked with are not those the model was trained on."""


def fit_and_evaluate(spec: ModelSpec, release: str, target: Path, *, device: str) -> Fitted:
    """Fit on all genes of known outcome, judge by held-out gene families, predict every gene."""
    table = training_table(spec.features or spec.name, release)
    examples = _examples(spec, table)
    _require_outcomes(release, examples.labels)
    recipe, params = Recipe.model_validate(spec.params), _params(spec, device)
    held_out = _held_out(examples, examples.labels, params, recipe.rounds)
    known = examples.labels != UNTESTED
    booster = boosting.fit(examples.features.values[known], examples.labels[known], params, recipe.rounds)
    booster.save_model(target / "model.ubj")
    lake.write_json(target / "features.json", {"names": examples.features.names, "release": release})
    answers = predict(target, table)
    answers.loc[known, list(OUTCOMES)] = held_out[known]
    _write_predictions(target, release, answers, examples.labels)
    nulls = [shuffle(examples.labels, seed=spec.split.seed + repeat) for repeat in range(recipe.shuffles)]
    null_answers = [_held_out(examples, shuffled, params, recipe.rounds) for shuffled in nulls]
    weights = draws(families(release), seed=spec.split.seed)
    metrics = evaluate(examples, held_out, list(zip(nulls, null_answers, strict=True)), weights)
    metrics["held_out"] = {"by": spec.split.by, "folds": spec.split.folds, **metrics["held_out"]}
    return Fitted(metrics, int(known.sum()), _sha256(table, examples))


def predict(model_folder: Path, features: pd.DataFrame) -> pd.DataFrame:
    """Return the probability of each outcome, one row a row of `features` (offline or online, any column order).

    Raises:
        FeaturesDifferError: if a feature the model was trained on is missing.
    """
    return predict_with(*read_model(model_folder), features)


def read_model(model_folder: Path) -> tuple[xgboost.Booster, list[str]]:
    """Return the booster and the names of the features it wants, for `predict_with`."""
    booster = xgboost.Booster(model_file=model_folder / "model.ubj")
    booster.set_param({"device": "cpu", "nthread": 1})
    return booster, json.loads((model_folder / "features.json").read_text())["names"]


def predict_with(booster: xgboost.Booster, trained_on: list[str], features: pd.DataFrame) -> pd.DataFrame:
    """Return what `predict` returns, from a model that is in memory already."""
    found = feature_matrix(features)
    missing = sorted(set(trained_on) - set(found.names))
    if missing:
        raise FeaturesDifferError(f"the model needs {', '.join(missing)}: materialize the release it was trained on")
    columns = [found.names.index(name) for name in trained_on]
    answers = boosting.predict(booster, found.values[:, columns])
    return pd.DataFrame({"gene_id": features["gene_id"].to_numpy(), **dict(zip(OUTCOMES, answers.T, strict=True))})


def _examples(spec: ModelSpec, table: pd.DataFrame) -> Examples:
    labels, fold = (table[column].to_numpy(np.int32) for column in ("viability", "fold"))
    return Examples(feature_matrix(table), labels, fold, spec.split.folds)


def _params(spec: ModelSpec, device: str) -> dict[str, Any]:
    softmax = {"objective": "multi:softprob", "num_class": len(OUTCOMES), "seed": spec.split.seed, "device": device}
    return {**softmax, **Recipe.model_validate(spec.params).booster}


def _require_outcomes(release: str, labels: Labels) -> None:
    counts = {outcome: int((labels == number).sum()) for number, outcome in enumerate(OUTCOMES)}
    if min(counts.values()) < FEWEST:
        raise SkippedError(
            f"release {release}: a viability model needs {FEWEST} genes of each outcome; it has {counts}"
        )


def _held_out(examples: Examples, labels: Labels, params: dict[str, Any], rounds: int) -> Answers:
    """Return for each gene of known outcome the answer of a booster that saw nothing of its family; NaN elsewhere."""
    values, known = examples.features.values, labels != UNTESTED
    answers = np.full((len(labels), len(OUTCOMES)), np.nan, np.float32)

    def ask(held: int) -> None:
        asked, rows = known & (examples.fold == held), known & (examples.fold != held)
        if asked.any():
            answers[asked] = boosting.predict(boosting.fit(values[rows], labels[rows], params, rounds), values[asked])

    boosting.in_parallel(ask, range(examples.folds), params["device"])
    return answers


def _write_predictions(target: Path, release: str, answers: pd.DataFrame, labels: Labels) -> None:
    symbols = dict(lake.read(release, "genes", "gene_id, coalesce(symbol, gene_id)").fetchall())
    table = pa.table(
        {
            "gene_id": pa.array(answers["gene_id"], pa.string()),
            "symbol": pa.array([symbols[gene] for gene in answers["gene_id"]], pa.string()),
            **{outcome: pa.array(answers[outcome].to_numpy(), pa.float32()) for outcome in reversed(OUTCOMES)},
            "outcome": pa.array([OUTCOMES[label] if label != UNTESTED else None for label in labels], pa.string()),
            "is_held_out": pa.array(labels != UNTESTED),
        }
    )
    pq.write_table(table, target / "predictions.parquet", compression="zstd")


def _sha256(table: pd.DataFrame, examples: Examples) -> str:
    digest = hashlib.sha256("\n".join([*table["gene_id"], *examples.features.names]).encode())
    for array in (examples.features.values, examples.labels, examples.fold):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
