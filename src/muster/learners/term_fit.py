"""One term: held-out scores of every tested gene, the final booster, and the scores of every untested gene."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xgboost
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from muster.learners.boosting import Matrix, fit, make_cuts, predict
from muster.learners.evidence import Evidence, Walker, gather
from muster.learners.labels import CALLED, TESTED, UNTESTED
from muster.learners.metrics import Floats, ranking_metrics

#: Called genes among the tested of the labels drawn for the bins: from rare to common terms.
DRAWN_SHARES = (0.006, 0.02, 0.06, 0.2)

Mask = NDArray[np.bool_]
Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Cohort:
    """What all terms share: the genes, their static features and folds, and the draws for the intervals."""

    static: Matrix
    fold: NDArray[np.int32]
    folds: int
    draws: Floats
    params: Mapping[str, Any]
    rounds: int
    cuts: xgboost.QuantileDMatrix | None = None
    """Bins for the fits of all terms and folds; without them each fit finds its own."""


@dataclass(frozen=True)
class TermFit:
    """Everything that is kept of one term."""

    scores: Scores
    """Held-out where the gene was tested, of the final booster where it was not."""
    probabilities: Scores
    metrics: dict[str, Floats]
    """`model.auroc`, `degree.auroc` ...: the value first, then its draws."""
    baselines: Mapping[str, Scores]
    """who scored -> score by gene, as it was judged"""
    booster: xgboost.Booster
    untested_features: Matrix
    """Rows of the untested genes, as the final booster saw them."""


def fit_term(
    cohort: Cohort,
    states: NDArray[np.int8],
    evidence: Evidence,
    weights: Scores,
    baselines: Mapping[str, Scores],
) -> TermFit:
    """Fit and judge one term, and judge the baselines' scores in the same way.

    Args:
        cohort: what all terms share
        states: by gene: called, tested and normal, or untested
        evidence: the paths of this term
        weights: by gene, 0 to 1: how sure its state is; of no effect where it was not tested
        baselines: who scores -> score by gene
    """
    is_tested = states != UNTESTED
    held_out = held_out_scores(cohort, states, evidence, weights)
    booster = _booster(cohort, states, evidence, weights, range(cohort.folds))
    untested = _features(cohort, evidence, range(cohort.folds), ~is_tested)
    scores = held_out.copy()
    scores[~is_tested] = predict(booster, untested)
    probabilities = _calibrated(cohort, states, scores)
    metrics = judge(cohort, states, weights, scores, "model")
    for name, asked in baselines.items():
        metrics |= judge(cohort, states, weights, asked, name)
    return TermFit(scores, probabilities, metrics, baselines, booster, untested)


def held_out_scores(
    cohort: Cohort,
    states: NDArray[np.int8],
    evidence: Evidence,
    weights: Scores,
    asked: Sequence[int] | None = None,
) -> Scores:
    """Return for every tested gene of the folds `asked` the score of a booster that saw no label of the gene's fold.

    All other genes get NaN; the default is all folds. Any other split is another vector of folds: hand it to
    `evidence.gather` and put it into the cohort.
    """
    scores = np.full(len(states), np.nan, np.float32)
    for held in range(cohort.folds) if asked is None else asked:
        genes = (states != UNTESTED) & (cohort.fold == held)
        if genes.any():
            others = [fold for fold in range(cohort.folds) if fold != held]
            booster = _booster(cohort, states, evidence, weights, others)
            scores[genes] = predict(booster, _features(cohort, evidence, others, genes))
    return scores


def judge(
    cohort: Cohort, states: NDArray[np.int8], weights: Scores, scores: NDArray[Any], name: str
) -> dict[str, Floats]:
    """Return the ranking metrics of scores on the tested genes, named after who scored."""
    is_tested = states != UNTESTED
    is_called = (states == CALLED)[is_tested]
    scored = scores[is_tested].astype(np.float64)
    drawn = cohort.draws[:, is_tested]
    found = ranking_metrics(is_called, scored, drawn * weights[is_tested], cohort.fold[is_tested], drawn)
    return {f"{name}.{metric}": values for metric, values in found.items()}


def _booster(
    cohort: Cohort, states: NDArray[np.int8], evidence: Evidence, weights: Scores, folds: Sequence[int]
) -> xgboost.Booster:
    features, rows = _training(cohort, states != UNTESTED, evidence, folds)
    return fit(features, (states == CALLED)[rows], cohort.params, cohort.rounds, weights[rows], cohort.cuts)


def with_cuts(cohort: Cohort, walker: Walker, is_tested: Mask, *, seed: int) -> Cohort:
    """Return the cohort with bins that serve every term and fold, taken from labels drawn at random.

    A term's columns are means over its labelled genes, so they lie on one scale whichever term it is, and random
    labels of several sizes span it. No label of any gene is in the bins. Looking for bins in each fit takes a seventh
    of its time; on 24 terms of the real 18.0 the AUROC is the same without (-0.0002, standard error 0.0014).
    """
    tested = np.flatnonzero(is_tested)
    states = np.full((len(is_tested), len(DRAWN_SHARES)), UNTESTED, np.int8)
    states[tested] = TESTED
    generator = np.random.default_rng(seed)
    for column, share in enumerate(DRAWN_SHARES):
        states[generator.choice(tested, int(share * len(tested)), replace=False), column] = CALLED
    drawn = gather(walker, states, cohort.fold, cohort.folds)
    rows = [_training(cohort, is_tested, evidence, range(cohort.folds))[0] for evidence in drawn]
    return replace(cohort, cuts=make_cuts(np.vstack(rows), cohort.params))


def _training(
    cohort: Cohort, is_tested: Mask, evidence: Evidence, folds: Sequence[int]
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


def _features(cohort: Cohort, evidence: Evidence, folds: Sequence[int], genes: Mask) -> Matrix:
    return np.hstack([evidence.columns(folds, genes), cohort.static[genes]])


def _calibrated(cohort: Cohort, states: NDArray[np.int8], scores: Scores) -> Scores:
    """Return scores as probabilities of a call; a held-out gene's own fold is left out of its calibration too.

    Every tested gene counts the same here: what the next release can confirm is a call, not what lies behind it.
    """
    is_tested = states != UNTESTED
    probabilities = np.empty(len(scores), np.float32)
    probabilities[~is_tested] = _isotonic(scores, states, is_tested)(scores[~is_tested])
    for fold in range(cohort.folds):
        asked = is_tested & (cohort.fold == fold)
        if asked.any():
            probabilities[asked] = _isotonic(scores, states, is_tested & (cohort.fold != fold))(scores[asked])
    return probabilities


def _isotonic(scores: Scores, states: NDArray[np.int8], known: Mask) -> Any:
    model = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    model.fit(scores[known], (states == CALLED)[known].astype(np.float64))
    return lambda asked: model.predict(asked) if len(asked) else asked
