"""What a line would show in a trait nobody measured, and how far that can be believed."""

import warnings

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_iterative_imputer  # noqa: F401 - switches IterativeImputer on
from sklearn.impute import IterativeImputer
from sklearn.linear_model import BayesianRidge
from threadpoolctl import threadpool_limits

from muster.traits.correlations import DECIMALS
from muster.traits.matrix import Mask, Matrix, Values

HELD_OUT_SHARE = 0.1

#: Lines that may lose a whole procedure for the test; the rest must still show how procedures go together.
MOST_LINES = 0.5

#: With fewer held-out values a trait's error is not known, and nothing is imputed for it.
MINIMUM_HELD_OUT = 20

#: One line at 60 control spreads would bend every regression; a knockout beyond 5 is as abnormal as one at 5.
LIMIT = 5.0

NEIGHBOURS = 40
ROUNDS = 5

QUALITY = {"held_out_count": "int64", "r2": "float64", "zero_r2": "float64", "mean_r2": "float64", "is_better": "bool"}


def judge_imputation(effects: Matrix, *, seed: int) -> pd.DataFrame:
    """Return one row a trait: how well measured effects, a tenth of all and held out, are found from the others.

    R2 is the share of the held-out effects' variance that is explained; beside it the same for filling with the control
    mean (zero) and with the trait's own mean.
    """
    held_out = hold_out(effects.is_measured, seed=seed)
    shown = np.where(held_out, np.nan, np.clip(effects.values, -LIMIT, LIMIT))
    found = fill(shown, seed=seed)
    counts = (~np.isnan(shown)).sum(axis=0)
    means = np.where(np.isnan(shown), 0.0, shown).sum(axis=0) / np.maximum(counts, 1)
    rows = [
        _judged(effects.values[rows, place], found[rows, place], means[place]) for place, rows in enumerate(held_out.T)
    ]
    quality = pd.DataFrame(rows, columns=list(QUALITY)).astype(QUALITY)
    quality.insert(0, "trait_id", pd.Series(effects.columns, dtype=object))
    return quality


def hold_out(is_measured: Mask, *, seed: int) -> Mask:
    """Return which measured effects to hide, a tenth: what a line has and another line, drawn by lot, lacks.

    Real gaps are whole procedures that a centre does not do. Effects hidden one by one would be found from their
    neighbours of the same procedure, and imputing would look better than it is. Where the gaps are too few for a tenth,
    effects at random make up for it.
    """
    chance = np.random.default_rng(seed)
    wanted = HELD_OUT_SHARE * is_measured.sum()
    gaps = is_measured & ~is_measured[chance.permutation(len(is_measured))]
    # A line that shows nothing any more would not be in the table.
    gaps[~(is_measured & ~gaps).any(axis=1)] = False
    hidden = gaps & (chance.random(len(gaps)) < min(MOST_LINES, wanted / max(gaps.sum(), 1)))[:, None]
    missing = max(0.0, wanted - hidden.sum()) / max((is_measured & ~hidden).sum(), 1)
    at_random = is_measured & (chance.random(is_measured.shape) < missing)
    held_out: Mask = hidden | at_random
    return held_out


def impute(effects: Matrix, is_better: Mask, *, seed: int) -> pd.DataFrame:
    """Return one row a line and trait: the measured effect or, apart from it, the imputed one; never both.

    Where imputing is no better than the baseline, what is imputed is 0, the control mean, and `is_shrunk` says so.
    """
    found = fill(np.clip(effects.values, -LIMIT, LIMIT), seed=seed)
    is_measured = effects.is_measured
    is_shrunk = np.broadcast_to(~is_better, is_measured.shape) & ~is_measured
    imputed = np.where(is_measured, np.nan, np.where(is_shrunk, 0.0, found))
    line, trait = np.indices(is_measured.shape)
    return pd.DataFrame(
        {
            "line_id": np.array(effects.rows, dtype=object)[line.ravel()],
            "trait_id": np.array(effects.columns, dtype=object)[trait.ravel()],
            "effect_size": effects.values.ravel(),
            "imputed_effect_size": imputed.ravel(),
            "is_measured": is_measured.ravel(),
            "is_shrunk": is_shrunk.ravel(),
        }
    )


def fill(values: Values, *, seed: int) -> Values:
    """Return the values with every gap filled, by regression on the traits that go with it, round after round.

    The start is 0: that of an unmeasured trait we know only that most knockouts leave it alone.
    """
    if not values.size:
        return values
    imputer = IterativeImputer(
        BayesianRidge(),
        n_nearest_features=min(NEIGHBOURS, max(values.shape[1] - 1, 1)),
        max_iter=ROUNDS,
        initial_strategy="constant",
        fill_value=0.0,
        keep_empty_features=True,
        random_state=seed,
    )
    # One thread: the number of cores must not change the order of a sum. Rounding hides a processor's last bits.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        filled = imputer.fit_transform(values)
    found: Values = np.round(np.clip(filled, -LIMIT, LIMIT), DECIMALS) + 0.0
    return found


def _judged(true: Values, found: Values, mean: float) -> tuple[int, float, float, float, bool]:
    true = np.clip(true, -LIMIT, LIMIT)
    is_better = all(_is_better(true, found, guess) for guess in (0.0, mean))
    return len(true), _r2(true, found), _r2(true, 0.0), _r2(true, mean), is_better


def _is_better(true: Values, found: Values, guess: float) -> bool:
    """Return whether what was found errs less than the guess by more than two standard errors of the difference."""
    if len(true) < MINIMUM_HELD_OUT:
        return False
    gain = np.square(true - guess) - np.square(true - found)
    return bool(gain.mean() > 2.0 * gain.std(ddof=1) / np.sqrt(len(gain)))


def _r2(true: Values, guess: Values | float) -> float:
    """Return 1 - squared error / squared deviation from the mean; NaN where that cannot be said.

    >>> _r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 2.0]))
    0.5
    """
    if len(true) < 2 or not np.ptp(true):  # noqa: PLR2004 - one value has no variance
        return float("nan")
    return float(np.round(1.0 - np.square(true - guess).sum() / np.square(true - true.mean()).sum(), DECIMALS))
