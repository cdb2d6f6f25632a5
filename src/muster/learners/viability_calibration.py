"""Probabilities that mean what they say: a classifier's answers, corrected by how held-out genes turned out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from muster.learners.labels import UNTESTED

Answers = NDArray[np.float32]
Labels = NDArray[np.int32]

LEAST = 1e-6


@dataclass(frozen=True)
class Calibration:
    """Dirichlet calibration (Kull et al. 2019): softmax of a linear map of the log probabilities."""

    weights: NDArray[np.float64]
    """outcome x outcome"""
    offsets: NDArray[np.float64]
    """outcome"""

    def apply(self, answers: Answers) -> Answers:
        """Return calibrated probabilities, one row a gene; a row's answer does not depend on the rows beside it.

        >>> Calibration(np.eye(2), np.zeros(2)).apply(np.array([[0.25, 0.75]], np.float32)).tolist()
        [[0.25, 0.75]]
        """
        logs = _logs(answers)
        # Not a matrix product: its sums depend on how many rows are multiplied at once.
        scores = (logs[:, None, :] * self.weights).sum(axis=2) + self.offsets
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32)

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {"weights": self.weights.tolist(), "offsets": self.offsets.tolist()}

    @staticmethod
    def from_json(content: dict[str, Any]) -> "Calibration":
        """Return the calibration that `to_json` wrote."""
        return Calibration(np.array(content["weights"]), np.array(content["offsets"]))


def fit_calibration(held_out: Answers, labels: Labels) -> Calibration:
    """Return the map from held-out answers to outcomes; an outcome without examples keeps its answer, one alone too."""
    known = labels != UNTESTED
    outcomes = held_out.shape[1]
    if len(np.unique(labels[known])) < 2:  # noqa: PLR2004
        return Calibration(np.eye(outcomes), np.zeros(outcomes))
    # One thread: more are slower on three columns, and the number of cores must not change the order of a sum.
    with threadpool_limits(1):
        model = LogisticRegression(max_iter=500).fit(_logs(held_out[known]), labels[known])
    weights, offsets = np.eye(outcomes), np.zeros(outcomes)
    # Two classes give one row: the second against the first.
    rows = model.classes_ if len(model.classes_) > 2 else model.classes_[1:]  # noqa: PLR2004
    weights[rows], offsets[rows] = model.coef_, model.intercept_
    if len(rows) < len(model.classes_):
        weights[model.classes_[0]] = 0.0
    return Calibration(weights, offsets)


def cross_fitted(held_out: Answers, labels: Labels, fold: Labels, folds: int) -> Answers:
    """Return the calibrated held-out answers, each fold by the map of the other folds; NaN stays NaN."""
    calibrated = np.full(held_out.shape, np.nan, np.float32)
    for held in range(folds):
        asked, others = (labels != UNTESTED) & (fold == held), np.where(fold == held, UNTESTED, labels)
        if asked.any():
            calibrated[asked] = fit_calibration(held_out, others).apply(held_out[asked])
    return calibrated


def _logs(answers: Answers) -> NDArray[np.float64]:
    return np.log(np.clip(answers.astype(np.float64), LEAST, 1.0))
