"""What a release says about each line and trait: estimates, p-values and the MP terms they earn."""

import numpy as np
import pandas as pd
from scipy.special import erfc

from muster.simulator.chance import stream
from muster.simulator.consortium import Consortium
from muster.simulator.sizes import RELEASES, release_named
from muster.simulator.vocabulary import offers, traits

THRESHOLD = 1e-4
AGREEMENT = 0.8
"""Correlation of an estimate's error with the error of the method before."""
CONTROLS = 160
NOT_PROCESSED = 0.02
UNAFFECTED = 0.05
"""A sex above this p-value is said to show nothing."""


def results(consortium: Consortium, release: str) -> pd.DataFrame:
    """Return one row per line and analysed trait, significant or not, as `release` publishes them."""
    stage = release_named(release).stage
    seen = consortium.is_measured & (consortium.lines["stage"].to_numpy() <= stage)[:, None]
    seen &= ~_withdrawn(consortium, release)
    line, trait = np.nonzero(seen & (traits()["kind"] == "simple").to_numpy())
    error, factor = (part[line, trait] for part in method(consortium, release))
    effects = consortium.effects[line, trait] * factor[:, None]
    lines = consortium.lines.iloc[line].reset_index(drop=True)
    frame = lines.assign(line=line, trait_index=trait)
    frame = frame.merge(offers().drop(columns="centre"), on=["centre_index", "trait_index"], how="left")
    frame = _estimated(frame, effects, error)
    is_processed = stream(consortium.seed, "processed").random(seen.shape)[line, trait] >= NOT_PROCESSED
    frame = frame.assign(status=np.where(is_processed, "Successful", "NotProcessed"))
    estimated = [name for name in frame.columns if "estimate" in name or "p_value" in name]
    frame[estimated] = frame[estimated].mask(pd.Series(~is_processed, index=frame.index))
    return _called(frame)


def method(consortium: Consortium, release: str) -> tuple[np.ndarray, np.ndarray]:
    """Return errors (line x trait x sex, in standard errors) and how strongly the method sees effects (line x trait).

    Every release that computes part of the results anew draws their errors anew, near the old ones.
    """
    shape = consortium.effects.shape
    error = stream(consortium.seed, "errors").normal(0, 1, shape)
    factor = np.ones(shape[:2])
    for step in list(RELEASES)[: list(RELEASES).index(release) + 1]:
        chance = stream(consortium.seed, "method", step)
        anew = chance.random(shape[:2]) < RELEASES[step].recomputed
        fresh = AGREEMENT * error + np.sqrt(1 - AGREEMENT**2) * chance.normal(0, 1, shape)
        error = np.where(anew[..., None], fresh, error)
        by_trait = np.exp(chance.normal(0, 1, shape[1]) * RELEASES[step].rescaling)
        factor = np.where(anew, by_trait, factor)
    return error, factor


def _withdrawn(consortium: Consortium, release: str) -> np.ndarray:
    """Mark the results a release takes back: those of a procedure on a line, whole, with its genes and lines kept."""
    procedure, names = pd.factorize(traits()["procedure_id"])
    dice = stream(consortium.seed, "withdrawn", release).random((len(consortium.lines), len(names)))
    withdrawn: np.ndarray = dice[:, procedure] < release_named(release).withdrawn
    return withdrawn


def _estimated(frame: pd.DataFrame, effects: np.ndarray, error: np.ndarray) -> pd.DataFrame:
    females, males = frame["female_count"].to_numpy(), frame["male_count"].to_numpy()
    with np.errstate(divide="ignore"):
        errors = np.sqrt(1 / np.stack([females, males], axis=1) + 1 / CONTROLS)
    weights = np.where(np.isinf(errors), 0, 1 / errors**2)
    by_sex = effects + error * np.where(np.isinf(errors), np.nan, errors)
    estimate = np.nansum(by_sex * weights, axis=1) / weights.sum(axis=1)
    standard_error = np.sqrt(1 / weights.sum(axis=1))
    p_by_sex = _two_sided(by_sex / errors)
    return frame.assign(
        estimate=estimate,
        standard_error_estimate=standard_error,
        p_value=_two_sided(estimate / standard_error),
        female_estimate=by_sex[:, 0],
        male_estimate=by_sex[:, 1],
        female_p_value=p_by_sex[:, 0],
        male_p_value=p_by_sex[:, 1],
    )


def _two_sided(z: np.ndarray) -> np.ndarray:
    p: np.ndarray = erfc(np.abs(z) / np.sqrt(2))
    return p


def _called(frame: pd.DataFrame) -> pd.DataFrame:
    """The MP chooser's rule: the direction names the term; one sex alone is enough."""
    by_sex = frame[["female_p_value", "male_p_value"]].to_numpy()
    best = np.fmin(frame["p_value"].to_numpy(), np.fmin(by_sex[:, 0], by_sex[:, 1]))
    significant = best < THRESHOLD
    estimates = frame[["female_estimate", "male_estimate"]].to_numpy()
    opposite = (by_sex < THRESHOLD).all(axis=1) & (estimates.prod(axis=1) < 0)
    strongest = np.where(frame["p_value"] <= best, frame["estimate"], np.nan)
    lone = np.where(frame["female_p_value"] <= best, frame["female_estimate"], frame["male_estimate"])
    direction = np.where(np.isnan(strongest), lone, strongest)
    term = np.where(opposite, frame["abnormal"], np.where(direction > 0, frame["increased"], frame["decreased"]))
    is_hit, is_still = by_sex < THRESHOLD, by_sex > UNAFFECTED
    alone = [is_hit[:, 0] & is_still[:, 1], is_hit[:, 1] & is_still[:, 0]]
    return frame.assign(
        p_value=best,
        is_significant=significant,
        called_sex=np.select(alone, ["female", "male"], "not_considered"),
        mp_term_id=np.where(significant, term, ""),
    )
