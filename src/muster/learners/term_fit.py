"""One term: held-out scores of every tested gene, the final booster, and the scores of every untested gene."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xgboost
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from muster.learners.boosting import Matrix, fit, predict
from muster.learners.evidence import Evidence
from muster.learners.labels import CALLED, UNTESTED
from muster.learners.metrics import Floats, calibration_error, ranking_metrics

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Cohort:
    """What all terms share: the genes, their static features and folds, and the draws for the intervals."""

    static: Matrix
    degree: Floats
    fold: NDArray[np.int32]
    folds: int
    draws: Floats
    params: Mapping[str, Any]
    rounds: int


@dataclass(frozen=True)
class TermFit:
    """Everything that is kept of one term."""

    scores: NDArray[np.float32]
    """Held-out where the gene was tested, of the final booster where it was not."""
    probabilities: NDArray[np.float32]
    metrics: dict[str, Floats]
    """`model.auroc`, `degree.auroc` ...: the value first, then its draws."""
    booster: xgboost.Booster
    untested_features: Matrix
    """Rows of the untested genes, as the final booster saw them."""


def fit_term(cohort: Cohort, states: NDArray[np.int8], evidence: Evidence) -> TermFit:
    """Fit and judge one term."""
    is_tested, is_called = states != UNTESTED, states == CALLED
    held_out = held_out_scores(cohort, states, evidence)
    booster = _final_booster(cohort, states, evidence)
    untested = _features(cohort, evidence, range(cohort.folds), ~is_tested)
    scores = held_out.copy()
    scores[~is_tested] = predict(booster, untested)
    probabilities = _calibrated(cohort, states, scores)
    metrics = judge(cohort, states, scores, "model")
    metrics["model.calibration_error"] = np.array([calibration_error(is_called[is_tested], probabilities[is_tested])])
    metrics |= judge(cohort, states, cohort.degree, "degree")
    metrics |= judge(cohort, states, _neighbour_votes(cohort, evidence), "neighbour_vote")
    return TermFit(scores, probabilities, metrics, booster, untested)


def held_out_scores(cohort: Cohort, states: NDArray[np.int8], evidence: Evidence) -> NDArray[np.float32]:
    """Return for every tested gene the score of a booster that saw no label of the gene's fold; NaN elsewhere."""
    is_tested, is_called = states != UNTESTED, states == CALLED
    scores = np.full(len(states), np.nan, np.float32)
    for held in range(cohort.folds):
        asked = is_tested & (cohort.fold == held)
        others = [fold for fold in range(cohort.folds) if fold != held]
        if not asked.any():
            continue
        features, rows = _training(cohort, is_tested, evidence, others)
        booster = fit(features, is_called[rows], cohort.params, cohort.rounds)
        scores[asked] = predict(booster, _features(cohort, evidence, others, asked))
    return scores


def judge(cohort: Cohort, states: NDArray[np.int8], scores: NDArray[Any], name: str) -> dict[str, Floats]:
    """Return the ranking metrics of scores on the tested genes, named after who scored."""
    is_tested = states != UNTESTED
    is_called = (states == CALLED)[is_tested]
    scored = scores[is_tested].astype(np.float64)
    found = ranking_metrics(is_called, scored, cohort.draws[:, is_tested], cohort.fold[is_tested])
    return {f"{name}.{metric}": values for metric, values in found.items()}


def _final_booster(cohort: Cohort, states: NDArray[np.int8], evidence: Evidence) -> xgboost.Booster:
    features, rows = _training(cohort, states != UNTESTED, evidence, list(range(cohort.folds)))
    return fit(features, (states == CALLED)[rows], cohort.params, cohort.rounds)


def _training(
    cohort: Cohort, is_tested: Mask, evidence: Evidence, folds: list[int]
) -> tuple[Matrix, NDArray[np.int64]]:
    """Return the training rows of some folds and which genes they are.

    A gene's features come from the labels of the *other* training folds. Leaving out only the gene itself would tell
    the booster its label: among genes with the same partners, a called one sees one called gene fewer.
    """
    parts = [
        (_features(cohort, evidence, [other for other in folds if other != fold], rows), np.flatnonzero(rows))
        for fold in folds
        if (rows := is_tested & (cohort.fold == fold)).any()
    ]
    return np.vstack([features for features, _ in parts]), np.concatenate([genes for _, genes in parts])


def _features(cohort: Cohort, evidence: Evidence, folds: range | list[int], genes: Mask) -> Matrix:
    return np.hstack([evidence.columns(folds, genes), cohort.static[genes]])


def _neighbour_votes(cohort: Cohort, evidence: Evidence) -> Floats:
    votes = np.empty(len(cohort.fold))
    for held, genes in _fold_masks(cohort):
        votes[genes] = evidence.neighbour_vote([fold for fold in range(cohort.folds) if fold != held], genes)
    return votes


def _calibrated(cohort: Cohort, states: NDArray[np.int8], scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return scores as probabilities; a held-out gene's own fold is left out of its calibration too."""
    is_tested = states != UNTESTED
    probabilities = np.empty(len(scores), np.float32)
    probabilities[~is_tested] = _isotonic(scores, states, is_tested)(scores[~is_tested])
    for _, genes in _fold_masks(cohort):
        asked = genes & is_tested
        if asked.any():
            probabilities[asked] = _isotonic(scores, states, is_tested & ~genes)(scores[asked])
    return probabilities


def _isotonic(scores: NDArray[np.float32], states: NDArray[np.int8], known: Mask) -> Any:
    model = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    model.fit(scores[known], (states == CALLED)[known].astype(np.float64))
    return lambda asked: model.predict(asked) if len(asked) else asked


def _fold_masks(cohort: Cohort) -> Iterator[tuple[int, Mask]]:
    for fold in range(cohort.folds):
        yield fold, cohort.fold == fold
