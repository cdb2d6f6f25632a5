"""How well centres agree on the same knockout: Cochran's Q, I2 with its interval, and what two centres differ by."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from muster.traits.correlations import DECIMALS
from muster.traits.matrix import Values

#: A correlation over fewer pairs of centres says nothing.
MINIMUM_PAIRS = 10

COLUMNS = {
    "trait_id": "object",
    "reference_line_count": "int64",
    "centre_pair_count": "int64",
    "heterogeneity": "float64",
    "heterogeneity_low": "float64",
    "heterogeneity_high": "float64",
    "median_difference": "float64",
    "effect_correlation": "float64",
}


def agreement(references: pd.DataFrame) -> pd.DataFrame:
    """Return one row a trait from the effects of reference lines: reference_id, trait_id, centre, effect, error.

    A reference line is measured at two centres or more; rows of any other are left out.
    """
    keys = ["trait_id", "reference_id", "centre"]
    rows = references.sort_values(keys, kind="stable", ignore_index=True)
    centres = rows.groupby(["trait_id", "reference_id"])["centre"].transform("size")
    rows = rows[centres > 1]
    agreed = [(trait, *_agreed(group)) for trait, group in rows.groupby("trait_id")]
    return pd.DataFrame(agreed, columns=list(COLUMNS)).astype(COLUMNS)


def cochran_q(effects: Values, errors: Values) -> float:
    """Return the weighted squared deviation of the effects from their common mean.

    >>> round(cochran_q(np.array([0.0, 2.0]), np.array([1.0, 1.0])), 6)
    2.0
    """
    weights = 1.0 / np.square(errors)
    mean = (weights * effects).sum() / weights.sum()
    return float((weights * np.square(effects - mean)).sum())


def inconsistency(q: float, freedom: int, *, level: float = 0.95) -> tuple[float, float, float]:
    """Return I2 and its interval: the share of the variation between centres that sampling error does not explain.

    Higgins & Thompson 2002, Statistics in Medicine 21:1539, section 3.4: the test-based interval of ln H. Their number
    of studies less one is the degrees of freedom, here summed over the reference lines of a trait. The interval is
    NaN at one degree of freedom and little Q, where their formula divides by zero.
    """
    studies = freedom + 1
    if q > studies:
        error = 0.5 * (np.log(q) - np.log(freedom)) / (np.sqrt(2.0 * q) - np.sqrt(2.0 * studies - 3.0))
    elif freedom > 1:
        error = np.sqrt((1.0 - 1.0 / (3.0 * (freedom - 1) ** 2)) / (2.0 * (freedom - 1)))
    else:
        error = np.nan
    half = stats.norm.isf((1.0 - level) / 2.0) * error
    log_h = 0.5 * np.log(q / freedom) if q > freedom else 0.0
    return (_of_log_h(log_h), _of_log_h(log_h - half), _of_log_h(log_h + half))


def _of_log_h(log_h: float) -> float:
    return float(np.round(np.maximum(0.0, 1.0 - np.exp(-2.0 * log_h)), DECIMALS) + 0.0)


def _agreed(rows: pd.DataFrame) -> tuple[float, ...]:
    """Return the numbers of one trait; its rows are sorted."""
    q, freedom, count = 0.0, 0, 0
    pairs: list[tuple[float, float, float]] = []
    for _, group in rows.groupby("reference_id"):
        effects, errors = group["effect"].to_numpy(), group["error"].to_numpy()
        q, freedom, count = q + cochran_q(effects, errors), freedom + len(group) - 1, count + 1
        pairs += [
            (effects[a], effects[b], np.hypot(errors[a], errors[b])) for a, b in combinations(range(len(group)), 2)
        ]
    first, second, error = np.array(pairs).T
    difference = float(np.round(np.median(np.abs(first - second) / error), DECIMALS))
    return (count, len(pairs), *inconsistency(q, freedom), difference, _correlation(first, second))


def _correlation(first: Values, second: Values) -> float:
    """Return the correlation of the effects of two centres; each pair counts both ways, for neither comes first."""
    left, right = np.concatenate([first, second]), np.concatenate([second, first])
    if len(first) < MINIMUM_PAIRS or not np.ptp(left):
        return float("nan")
    return float(np.round(np.corrcoef(left, right)[0, 1], DECIMALS))
