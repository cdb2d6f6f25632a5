"""How traits go together, pair by pair, over the controls or over the lines that have both."""

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

from muster.traits.matrix import Matrix, Values

#: Fewer common animals or lines than this and a correlation says nothing.
MINIMUM_CONTROLS = 30
MINIMUM_LINES = 20

DECIMALS = 6

#: Scores are whole numbers of this size: sums of their products are exact in a double, in any order, on any machine.
SCORE_UNIT = 1e-4


def pair_up(controls: Matrix, effects: Matrix) -> pd.DataFrame:
    """Return one row a pair of traits that share an animal or a line, with both correlations where enough do."""
    traits = sorted({*controls.columns, *effects.columns})
    first, second = _pairs(len(traits))
    names = np.array(traits, dtype=object)
    pairs = pd.DataFrame({"trait_id_a": names[first], "trait_id_b": names[second]})
    for kind, matrix, minimum in (("control", controls, MINIMUM_CONTROLS), ("effect", effects, MINIMUM_LINES)):
        counts, correlations = correlate(matrix.values, minimum)
        places = np.array([matrix.columns.index(name) if name in matrix.columns else -1 for name in traits], np.int64)
        is_known = (places[first] >= 0) & (places[second] >= 0)
        cell = (places[first][is_known], places[second][is_known])
        pairs[f"{kind}_count"] = 0
        pairs.loc[is_known, f"{kind}_count"] = counts[cell]
        pairs[f"{kind}_correlation"] = np.nan
        pairs.loc[is_known, f"{kind}_correlation"] = correlations[cell]
    pairs["evidence"] = evidence(pairs["control_correlation"].notna(), pairs["effect_correlation"].notna())
    return pairs[(pairs["control_count"] > 0) | (pairs["effect_count"] > 0)].reset_index(drop=True)


def evidence(has_controls: "pd.Series[bool]", has_effects: "pd.Series[bool]") -> NDArray[np.object_]:
    """Return what is known of each pair, in words."""
    words = ["both", "controls only", "effects only"]
    chosen = np.select([has_controls & has_effects, has_controls, has_effects], words, "none")
    return chosen.astype(object)


def correlate(values: Values, minimum: int) -> tuple[NDArray[np.int64], Values]:
    """Return the common counts and the correlations of all columns, NaN where fewer than `minimum` have both.

    Pearson's correlation of normal scores: one wild animal cannot make it, as it can with plain z, and the tails,
    where a knockout shows, still weigh more than the middle, as they do not with plain ranks.
    """
    scores = normal_scores(values)
    has = (~np.isnan(values)).astype(np.float64)
    count, first, cross = has.T @ has, scores.T @ has, scores.T @ scores
    square = np.square(scores).T @ has
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = first / count
        spread = np.sqrt((square / count - mean**2) * (square.T / count - mean.T**2))
        correlations = (cross / count - mean * mean.T) / spread
    known = (count >= minimum) & (spread > 0)
    return count.astype(np.int64), np.where(known, np.clip(np.round(correlations, DECIMALS), -1.0, 1.0), np.nan)


def normal_scores(values: Values) -> Values:
    """Return each value as the normal deviate of its rank in its column, in whole units; 0 where there is none.

    >>> normal_scores(np.array([[5.0], [np.nan], [1.0], [900.0]])).ravel().tolist()
    [0.0, 0.0, -6745.0, 6745.0]
    """
    scores = np.zeros_like(values)
    for place in range(values.shape[1]):
        known = ~np.isnan(values[:, place])
        ranks = rankdata(values[known, place])
        scores[known, place] = np.rint(ndtri(ranks / (len(ranks) + 1)) / SCORE_UNIT)
    return scores


def _pairs(count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    found = np.array(list(combinations(range(count), 2)), dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]
