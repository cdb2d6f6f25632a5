"""How good a viability model is on held-out gene families, beside constraint alone, degree alone and chance."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from muster.learners.feature_matrix import FeatureMatrix
from muster.learners.labels import OUTCOMES, UNTESTED
from muster.learners.metrics import Floats, calibration_error, interval, mean_over, ranking_metrics

FIGURES = ("auroc", "auprc_over_prevalence", "precision_at_20")
STATISTIC = "mean over the outcomes, each against the others; 95 % interval over 200 draws of gene families"

Answers = NDArray[np.float32]
Labels = NDArray[np.int32]


@dataclass(frozen=True)
class Examples:
    """The genes, their features and outcomes, and the fold of each."""

    features: FeatureMatrix
    labels: Labels
    fold: Labels
    folds: int


def evaluate(
    examples: Examples, held_out: Answers, nulls: list[tuple[Labels, Answers]], weights: Floats
) -> dict[str, Any]:
    """Return the metrics of held-out answers, of the baselines, and of the same fit on shuffled outcomes (`nulls`)."""
    found = _judge(examples, examples.labels, held_out, weights)
    baselines = {}
    for name, answers in {"constraint": constraint_only(examples), "degree": degree_only(examples)}.items():
        figures = _judge(examples, examples.labels, answers, weights)
        baselines[name] = {metric: interval(figures[metric]) for metric in FIGURES}
        baselines[name]["auroc_lead"] = interval(found["auroc"] - figures["auroc"])
    null_aurocs = [_judge(examples, shuffled, answers, weights)["auroc"] for shuffled, answers in nulls]
    outcomes = {outcome: int((examples.labels == number).sum()) for number, outcome in enumerate(OUTCOMES)}
    return {
        "held_out": {"n": sum(outcomes.values()), "outcomes": outcomes, "statistic": STATISTIC},
        "model": {
            **{name: interval(values) for name, values in found.items() if name != "auprc"},
            "calibration_error": _calibration_error(examples.labels, held_out),
        },
        "baselines": baselines,
        "shuffled": {"auroc": interval(mean_over(null_aurocs))},
    }


def shuffle(labels: Labels, *, seed: int) -> Labels:
    """Return the known outcomes in another order."""
    shuffled = labels.copy()
    known = np.flatnonzero(labels != UNTESTED)
    shuffled[known] = np.random.default_rng(seed).permutation(labels[known])
    return shuffled


def constraint_only(examples: Examples) -> Answers:
    """Return what LOEUF alone says, held out by the same folds; an unknown LOEUF counts as the usual one."""
    loeuf = examples.features.values[:, [examples.features.names.index("loeuf")]].astype(np.float64)
    middle = np.nanmedian(loeuf) if np.isfinite(loeuf).any() else 0.0
    column = np.nan_to_num(loeuf, nan=middle)
    answers = np.full((len(column), len(OUTCOMES)), np.nan, np.float32)
    for held in range(examples.folds):
        asked = examples.fold == held
        rows = (examples.labels != UNTESTED) & ~asked
        if asked.any():
            model = LogisticRegression(max_iter=200).fit(column[rows], examples.labels[rows])
            answers[np.ix_(asked, model.classes_)] = model.predict_proba(column[asked])
    return answers


def degree_only(examples: Examples) -> Answers:
    """Return the degree as the score of every harmful outcome, and its negative as that of `viable`."""
    degree = np.nan_to_num(examples.features.values[:, examples.features.names.index("interaction_degree")])
    return np.column_stack([-degree, degree, degree]).astype(np.float32)


def _judge(examples: Examples, labels: Labels, answers: Answers, weights: Floats) -> dict[str, Floats]:
    """Return each metric as the mean over the outcomes, and the AUROC of `lethal` against the others alone."""
    known = labels != UNTESTED
    by_outcome = []
    for number in range(len(OUTCOMES)):
        is_outcome, score = labels[known] == number, answers[known, number].astype(np.float64)
        by_outcome.append(ranking_metrics(is_outcome, score, weights[:, known], examples.fold[known]))
    means = {metric: mean_over([found[metric] for found in by_outcome]) for metric in by_outcome[0]}
    return {**means, "auroc_lethal": by_outcome[OUTCOMES.index("lethal")]["auroc"]}


def _calibration_error(labels: Labels, answers: Answers) -> float:
    known = labels != UNTESTED
    errors = [calibration_error(labels[known] == number, answers[known, number]) for number in range(len(OUTCOMES))]
    return round(float(np.mean(errors)), 4)
