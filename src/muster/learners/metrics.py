"""How good a ranking is, with intervals by drawing whole groups (gene families) again."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DRAWS = 200
TOP = 20
BINS = 10

#: Metrics of these names lie in 0 to 1, unless they are over something or a lead over another.
SHARES = ("auroc", "auprc", "precision", "recall")


def draws(groups: NDArray[Any], *, seed: int, count: int = DRAWS) -> Floats:
    """Return how often each example counts: once each in the first row; in the others whole groups are drawn again."""
    names, member = np.unique(groups, return_inverse=True)
    chosen = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=count)
    return np.vstack([np.ones(len(groups)), chosen[:, member]]).astype(np.float64)


def ranking_metrics(
    is_positive: NDArray[np.bool_],
    scores: Floats,
    weights: Floats,
    strata: NDArray[Any],
    counts: Floats | None = None,
) -> dict[str, Floats]:
    """Return auroc, auprc, auprc_over_prevalence, its log2 and precision_at_20, each for every row of `weights`.

    `counts` says how often each example counts in the precision, which is of twenty whole ones; by default its weight.
    The AUROC compares only examples of one stratum (fold): every fold was scored by a booster of its own, and one
    trained on fewer positives scores lower throughout, which alone would pull an AUROC over all below one half.
    Ties count half; a draw without positives or negatives gives NaN.

    >>> labels, scores = np.array([False, True, False, True]), np.array([0.1, 0.4, 0.4, 0.8])
    >>> found = ranking_metrics(labels, scores, np.ones((1, 4)), np.zeros(4))
    >>> [(name, round(float(values[0]), 3)) for name, values in found.items()][:3]
    [('auroc', 0.875), ('auprc', 0.833), ('auprc_over_prevalence', 1.667)]
    >>> [(name, round(float(values[0]), 3)) for name, values in found.items()][3:]
    [('log2_auprc_over_prior', 0.737), ('precision_at_20', 0.5)]
    """
    seen_here, found_here = _ranked(is_positive, scores, weights)
    seen, found = np.cumsum(seen_here, axis=1), np.cumsum(found_here, axis=1)
    positives, total = found[:, -1], seen[:, -1]
    auprc = _divide((found_here * _divide(found, seen, 0.0)).sum(axis=1), positives)
    over_prevalence = _divide(auprc, _divide(positives, total))
    return {
        "auroc": auroc(is_positive, scores, weights, strata),
        "auprc": auprc,
        "auprc_over_prevalence": over_prevalence,
        "log2_auprc_over_prior": np.log2(over_prevalence),
        f"precision_at_{TOP}": _precision_at(
            TOP, *((seen_here, found_here) if counts is None else _ranked(is_positive, scores, counts))
        ),
    }


def _ranked(is_positive: NDArray[np.bool_], scores: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the weight of all and of the positive examples at each distinct score, best first."""
    order = np.argsort(-scores, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(scores[order]) != 0])
    sorted_weights = weights[:, order]
    all_here = np.add.reduceat(sorted_weights, starts, axis=1)
    return all_here, np.add.reduceat(sorted_weights * is_positive[order], starts, axis=1)


def auroc(is_positive: NDArray[np.bool_], scores: Floats, weights: Floats, strata: NDArray[Any]) -> Floats:
    """Return the AUROC over the pairs of one stratum, for every row of `weights`."""
    wins, pairs = np.zeros(len(weights)), np.zeros(len(weights))
    for stratum in np.unique(strata):
        rows = strata == stratum
        seen_here, found_here = _ranked(is_positive[rows], scores[rows], weights[:, rows])
        negative_here = seen_here - found_here
        wins += (negative_here * (np.cumsum(found_here, axis=1) - found_here / 2)).sum(axis=1)
        pairs += found_here.sum(axis=1) * negative_here.sum(axis=1)
    return _divide(wins, pairs)


def _precision_at(top: int, seen_here: Floats, found_here: Floats) -> Floats:
    """Return the share of positives among the `top` best; a tie across the border counts in proportion."""
    before = np.cumsum(seen_here, axis=1) - seen_here
    taken = np.clip(top - before, 0.0, seen_here)
    return _divide((taken * _divide(found_here, seen_here, 0.0)).sum(axis=1), taken.sum(axis=1))


def calibration_error(is_positive: NDArray[np.bool_], probabilities: NDArray[Any]) -> float:
    """Return the mean distance between predicted and observed share over ten equally filled bins.

    It has no interval: a mean of distances is larger in every draw than it is.

    >>> calibration_error(np.array([False, True]), np.array([0.25, 0.75]))
    0.25
    """
    order = np.argsort(probabilities, kind="stable")
    bins = min(BINS, len(order))
    starts = np.arange(bins) * len(order) // bins
    gap = np.add.reduceat((probabilities.astype(np.float64) - is_positive)[order], starts)
    return round(float(np.abs(gap).sum() / len(order)), 4)


def reliability(is_true: NDArray[np.bool_], probabilities: NDArray[Any]) -> Iterator[tuple[float, float, int]]:
    """Yield for ten equally filled bins the mean probability said, the share observed, and how many are in it.

    >>> list(reliability(np.array([False, True]), np.array([0.25, 0.75])))
    [(0.25, 0.0, 1), (0.75, 1.0, 1)]
    """
    order = np.argsort(probabilities, kind="stable")
    for part in np.array_split(order, min(BINS, len(order))):
        yield float(probabilities[part].mean()), float(is_true[part].mean()), len(part)


def interval(values: Floats, metric: str | None = None) -> list[float | None]:
    """Return [value, low, high] of a 95 % interval: the first is the value, the others are draws.

    The draws are centred on the value: a gene drawn twice stands twice at its rank, which alone lifts every AUPRC.
    That may carry a bound beyond what is possible: for a `metric` that is a share it is cut at 0 and 1.

    >>> interval(np.array([0.7, 0.7, 0.9, np.nan])), interval(np.array([0.98, 0.9, 1.0]), "auroc")
    ([0.7, 0.605, 0.795], [0.98, 0.9325, 1.0])
    """
    known = values[1:][~np.isnan(values[1:])]
    low, high = np.percentile(known, [2.5, 97.5]) - known.mean() if len(known) else (np.nan, np.nan)
    bounds = values[0] + np.array([0.0, low, high])
    told = np.clip(bounds, 0.0, 1.0) if metric and _is_share(metric) else bounds
    return [None if np.isnan(found) else round(float(found), 4) for found in told]


def _is_share(metric: str) -> bool:
    return metric.startswith(SHARES) and "_over_" not in metric and "_lead" not in metric


def mean_over(rows: list[Floats]) -> Floats:
    """Return the mean over terms of each draw, leaving out terms the draw cannot judge."""
    stacked = np.vstack(rows)
    known = ~np.isnan(stacked)
    return _divide(np.where(known, stacked, 0.0).sum(axis=0), known.sum(axis=0).astype(np.float64))


def median_over(rows: list[Floats]) -> Floats:
    """Return the median over terms of each draw, leaving out terms the draw cannot judge.

    >>> median_over([np.array([0.5, np.nan]), np.array([0.9, np.nan]), np.array([0.6, 0.7])]).tolist()
    [0.6, 0.7]
    """
    stacked = np.vstack(rows)
    known = ~np.isnan(stacked).all(axis=0)
    medians = np.full(stacked.shape[1], np.nan)
    medians[known] = np.nanmedian(stacked[:, known], axis=0)
    return medians


def _divide(above: Floats, below: Floats, otherwise: float = np.nan) -> Floats:
    """Return the quotients, `otherwise` where there is nothing to divide by."""
    quotients: Floats = np.divide(above, below, out=np.full(above.shape, otherwise), where=below > 0)
    return quotients
