"""Genes with outcomes in folds of families, and classifiers that saw nothing of the fold they answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xgboost
from numpy.typing import NDArray

from muster.learners import boosting
from muster.learners.feature_matrix import FeatureMatrix
from muster.learners.labels import UNTESTED

Answers = NDArray[np.float32]
Labels = NDArray[np.int32]


@dataclass(frozen=True)
class Examples:
    """The genes, their features and outcomes, and the fold of each."""

    features: FeatureMatrix
    labels: Labels
    fold: Labels
    folds: int

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether the outcome of each gene is known."""
        return np.asarray(self.labels != UNTESTED)

    def without(self, names: Sequence[str]) -> "Examples":
        """Return the same genes without these features; names that are not there are passed over."""
        kept = [place for place, name in enumerate(self.features.names) if name not in names]
        features = FeatureMatrix([self.features.names[place] for place in kept], self.features.values[:, kept])
        return replace(self, features=features)


@dataclass(frozen=True)
class Fitting:
    """How a classifier is fitted."""

    params: dict[str, Any]
    rounds: int

    def fit(self, examples: Examples, rows: NDArray[np.bool_]) -> xgboost.Booster:
        """Return a classifier of the chosen genes."""
        return boosting.fit(examples.features.values[rows], examples.labels[rows], self.params, self.rounds)

    def with_outcomes(self, count: int) -> "Fitting":
        """Return the same fit for another number of outcomes."""
        return replace(self, params={**self.params, "num_class": count})


def held_out_boosters(examples: Examples, fitting: Fitting) -> dict[int, xgboost.Booster]:
    """Return for each fold with known outcomes the classifier that saw nothing of it."""
    known, held = examples.known, np.unique(examples.fold[examples.known]).tolist()
    fitted = boosting.in_parallel(lambda fold: fitting.fit(examples, known & (examples.fold != fold)), held)
    return dict(zip(held, fitted, strict=True))


def held_out_answers(examples: Examples, boosters: dict[int, xgboost.Booster], outcomes: int) -> Answers:
    """Return for each gene of known outcome what the classifier of its fold says; NaN elsewhere."""
    answers = np.full((len(examples.labels), outcomes), np.nan, np.float32)
    for fold, booster in boosters.items():
        asked = examples.known & (examples.fold == fold)
        answers[asked] = boosting.predict(booster, examples.features.values[asked])
    return answers


def shuffled(examples: Examples, *, seed: int) -> Examples:
    """Return the same genes with the known outcomes in another order."""
    labels = examples.labels.copy()
    labels[examples.known] = np.random.default_rng(seed).permutation(labels[examples.known])
    return replace(examples, labels=labels)
