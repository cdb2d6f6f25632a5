"""Is the homozygous knockout lethal, subviable or viable? One classifier on the feature store's numbers."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xgboost
from numpy.typing import NDArray
from pydantic import BaseModel

from muster import lake
from muster.lake import SkippedError
from muster.learners.feature_matrix import FeatureMatrix, feature_matrix
from muster.learners.features import training_table
from muster.learners.fitted import Fitted, table_sha256
from muster.learners.labels import OUTCOMES, UNTESTED, families
from muster.learners.metrics import draws
from muster.learners.viability_calibration import cross_fitted, fit_calibration
from muster.learners.viability_evaluation import HeldOut, evaluate
from muster.learners.viability_folds import (
    Examples,
    Fitting,
    held_out_answers,
    held_out_boosters,
    shuffled,
)
from muster.learners.viability_fusil import fit_bins
from muster.learners.viability_labels import fusil, rule_era
from muster.learners.viability_model import Model, read_model, save_model
from muster.learners.viability_reasons import Reasons, in_words, reasons
from muster.learners.viability_study import least_studied, without_study
from muster.specs import ModelSpec

#: Genes of each outcome without which there is nothing to learn.
FEWEST = 10
VIABLE, LETHAL = OUTCOMES.index("viable"), OUTCOMES.index("lethal")


class Recipe(BaseModel, extra="forbid", frozen=True):
    """What the spec says about the fit."""

    rounds: int
    shuffles: int
    """How often the fit is repeated on shuffled outcomes: one repeat alone lands beyond 0.5 ± 0.05 too often."""
    booster: dict[str, Any]


def fit_and_evaluate(spec: ModelSpec, release: str, target: Path, *, device: str) -> Fitted:
    """Fit on all genes of known outcome, judge by held-out gene families, predict every gene.

    Raises:
        ErasMixedError: if the outcomes of the release were called by two rules.
    """
    era, table = rule_era(release), training_table(spec.features or spec.name, release)
    examples, fitting = _examples(spec, table), _fitting(spec, device)
    _require_outcomes(release, examples)
    boosters = held_out_boosters(examples, fitting)
    raw = held_out_answers(examples, boosters, len(OUTCOMES))
    held_out = HeldOut(raw, cross_fitted(raw, examples.labels, examples.fold, examples.folds))
    booster = fitting.fit(examples, examples.known)
    save_model(Model(booster, examples.features.names, fit_calibration(raw, examples.labels), era), target, release)
    answers = predict(target, table)
    answers.loc[examples.known, list(OUTCOMES)] = held_out.calibrated[examples.known]
    _write_predictions(target, release, answers, examples)
    _write_explanations(target, list(table["gene_id"]), examples, {**boosters, UNTESTED: booster})
    relatives, finer = families(release), fusil(release, list(table["gene_id"]))
    metrics = _metrics(spec, examples, fitting, held_out, relatives)
    weights = draws(relatives, seed=spec.split.seed)
    metrics["fusil"] = fit_bins(finer, examples, list(table["gene_id"]), fitting, weights, target) if finer else None
    names = [*table["gene_id"], *examples.features.names]
    sha256 = table_sha256(names, examples.features.values, examples.labels, examples.fold)
    return Fitted({"rule_era": era, **metrics}, int(examples.known.sum()), sha256)


def predict(model_folder: Path, features: pd.DataFrame) -> pd.DataFrame:
    """Return the probability of each outcome, one row a row of `features` (offline or online, any column order).

    Raises:
        FeaturesDifferError: if a feature the model was trained on is missing.
    """
    return read_model(model_folder).predict(features)


def _examples(spec: ModelSpec, table: pd.DataFrame) -> Examples:
    labels, fold = (table[column].to_numpy(np.int32) for column in ("viability", "fold"))
    return Examples(feature_matrix(table), labels, fold, spec.split.folds)


def _fitting(spec: ModelSpec, device: str) -> Fitting:
    recipe = Recipe.model_validate(spec.params)
    softmax = {"objective": "multi:softprob", "num_class": len(OUTCOMES), "seed": spec.split.seed, "device": device}
    return Fitting({**softmax, **recipe.booster}, recipe.rounds)


def _require_outcomes(release: str, examples: Examples) -> None:
    counts = {outcome: int((examples.labels == number).sum()) for number, outcome in enumerate(OUTCOMES)}
    if min(counts.values()) < FEWEST:
        raise SkippedError(
            f"release {release}: a viability model needs {FEWEST} genes of each outcome; it has {counts}"
        )


def _metrics(
    spec: ModelSpec, examples: Examples, fitting: Fitting, held_out: HeldOut, relatives: NDArray[Any]
) -> dict[str, Any]:
    """Return how good the held-out answers are, what shuffled outcomes give, and how much of it is study."""
    outcomes, weights = list(OUTCOMES), draws(relatives, seed=spec.split.seed)
    repeats = range(Recipe.model_validate(spec.params).shuffles)
    nulls = [shuffled(examples, seed=spec.split.seed + repeat) for repeat in repeats]
    said = [held_out_answers(null, held_out_boosters(null, fitting), len(outcomes)) for null in nulls]
    metrics = evaluate(examples, held_out, list(zip(nulls, said, strict=True)), outcomes, weights)
    metrics["held_out"] = {"by": spec.split.by, "folds": spec.split.folds, **metrics["held_out"]}
    metrics["study"] = {
        "least_studied_third": least_studied(examples, relatives, fitting, outcomes, weights),
        "without_study": without_study(examples, fitting, outcomes, weights),
    }
    return metrics


def _write_predictions(target: Path, release: str, answers: pd.DataFrame, examples: Examples) -> None:
    symbols = dict(lake.read(release, "genes", "gene_id, coalesce(symbol, gene_id)").fetchall())
    observed = [OUTCOMES[label] if label != UNTESTED else None for label in examples.labels]
    table = pa.table(
        {
            "gene_id": pa.array(answers["gene_id"], pa.string()),
            "symbol": pa.array([symbols[gene] for gene in answers["gene_id"]], pa.string()),
            **{outcome: pa.array(answers[outcome].to_numpy(), pa.float32()) for outcome in reversed(OUTCOMES)},
            "outcome": pa.array(observed, pa.string()),
            "is_held_out": pa.array(examples.known),
        }
    )
    pq.write_table(table, target / "predictions.parquet", compression="zstd")


def _write_explanations(
    target: Path, gene_ids: list[str], examples: Examples, boosters: dict[int, xgboost.Booster]
) -> None:
    """Write the reasons of every gene's answer, each from the classifier that gave the answer."""
    asked, found = np.where(examples.known, examples.fold, UNTESTED), {}
    for fold in np.unique(asked).tolist():
        rows = np.flatnonzero(asked == fold)
        features = FeatureMatrix(examples.features.names, examples.features.values[rows])
        found.update(
            _told(reasons(boosters[fold], features, LETHAL, VIABLE), features, [gene_ids[row] for row in rows])
        )
    table = pa.table(
        {
            "gene_id": pa.array(gene_ids, pa.string()),
            "reasons": pa.array([json.dumps(found[gene][0]) for gene in gene_ids], pa.string()),
            "groups": pa.array([json.dumps(found[gene][1]) for gene in gene_ids], pa.string()),
        }
    )
    pq.write_table(table, target / "explanations.parquet", compression="zstd")


def _told(why: Reasons, features: FeatureMatrix, gene_ids: list[str]) -> dict[str, tuple[list[str], dict[str, float]]]:
    """Return for each gene its reasons in words, and what each subject adds to the log odds."""
    told = {}
    for gene, log_odds, values in zip(gene_ids, why.log_odds, features.values, strict=True):
        sentences = in_words(why.subjects, log_odds, dict(zip(features.names, values.tolist(), strict=True)))
        told[gene] = (
            sentences,
            {name: round(float(odds), 3) for name, odds in zip(why.subjects, log_odds, strict=True)},
        )
    return told
