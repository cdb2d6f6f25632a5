"""How good is the image network: folds of whole mice and whole centres, baselines, intervals, suspicious labels."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from muster.learners.metrics import draws, interval

Array = NDArray[np.float64]
Interval = list[float | None]
Figures = dict[str, Interval]

EVEN = 0.5
#: How sure the network must be, on a mouse it has not seen, before a label is called suspicious.
SURE = 0.9


def folds_of(groups: pd.Series, count: int, *, seed: int) -> NDArray[np.int64]:
    """Return a fold for each row; rows of one group stay together, folds have nearly equal numbers of groups."""
    names = np.sort(groups.unique())
    order = np.random.default_rng(seed).permutation(len(names))
    fold = dict(zip(names[order], np.arange(len(names)) % count, strict=True))
    return groups.map(fold).to_numpy(dtype=np.int64)


def figures(rows: pd.DataFrame, male: Array, view: NDArray[np.str_], *, seed: int, suffix: str = "") -> Figures:
    """Return the accuracies of a prediction, drawn again by mouse: [value, low, high]."""
    is_known = rows["sex"].isin(["female", "male"]).to_numpy()
    sex_is_right = ((male > EVEN) == (rows["sex"] == "male").to_numpy())[is_known]
    mice = rows["specimen_id"].to_numpy()
    view_is_right = rows["view"].to_numpy() == view
    return {
        f"sex_accuracy{suffix}": share_right(sex_is_right, mice[is_known], seed=seed),
        f"view_accuracy{suffix}": share_right(view_is_right, mice, seed=seed),
    }


def mouse_accuracy(rows: pd.DataFrame, male: Array, *, seed: int) -> Interval:
    """Return how often the sex is right when the pictures of a mouse are asked together."""
    mice = rows.assign(male=male).groupby("specimen_id", sort=True).agg({"male": "mean", "sex": "first"})
    mice = mice[mice["sex"].isin(["female", "male"])]
    return share_right(((mice["male"] > EVEN) == (mice["sex"] == "male")).to_numpy(), mice.index.to_numpy(), seed=seed)


def share_right(is_right: NDArray[np.bool_], mice: NDArray[np.object_], *, seed: int) -> Interval:
    """Return the share of right answers and its 95 % interval; a mouse's pictures are drawn together.

    >>> share_right(np.array([True, True, False, True]), np.array(["a", "a", "b", "c"]), seed=1)[0]
    0.75
    """
    weights = draws(mice, seed=seed)
    return interval((weights @ is_right) / weights.sum(axis=1))


def baselines(rows: pd.DataFrame, fold: NDArray[np.int64], *, seed: int) -> dict[str, Figures]:
    """Return what can be had without looking at the animal's shape, on the same folds."""
    area = np.log(rows[["body_area_pixels"]].to_numpy(dtype=np.float64))
    machine = pd.get_dummies(rows[["centre", "equipment"]], dtype=float).to_numpy()
    found = {"body_area": area, "equipment": machine}
    majority = figures(rows, *_majority(rows), seed=seed)
    return {"majority": majority} | {
        name: figures(rows, *_held_out(table, rows, fold), seed=seed) for name, table in found.items()
    }


def _majority(rows: pd.DataFrame) -> tuple[Array, NDArray[np.str_]]:
    """Return the commonest labels of all rows: the commonest of the other folds tends to be the rarer one here."""
    is_male_more = (rows["sex"] == "male").sum() > (rows["sex"] == "female").sum()
    return np.full(len(rows), float(is_male_more)), np.full(len(rows), rows["view"].mode()[0])


def _held_out(table: Array, rows: pd.DataFrame, fold: NDArray[np.int64]) -> tuple[Array, NDArray[np.str_]]:
    """Return p(male) and the view that a logistic regression on `table` gives to rows of other folds."""
    male, view = np.zeros(len(rows)), rows["view"].to_numpy(dtype=str).copy()
    is_male = (rows["sex"] == "male").to_numpy()
    is_known = rows["sex"].isin(["female", "male"]).to_numpy()
    for part in np.unique(fold):
        is_seen, is_asked = fold != part, fold == part
        male[is_asked] = _probability(table, is_male, is_seen & is_known, is_asked)
        named = rows["view"].to_numpy(dtype=str)
        view[is_asked] = _classes(table, named, is_seen, is_asked)
    return male, view


def _probability(
    table: Array, label: NDArray[np.bool_], is_seen: NDArray[np.bool_], is_asked: NDArray[np.bool_]
) -> Array:
    if len(np.unique(label[is_seen])) == 1:
        return np.full(is_asked.sum(), float(label[is_seen][0]))
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(table[is_seen], label[is_seen])
    asked: Array = model.predict_proba(table[is_asked])[:, 1]
    return asked


def _classes(
    table: Array, label: NDArray[np.str_], is_seen: NDArray[np.bool_], is_asked: NDArray[np.bool_]
) -> NDArray[np.str_]:
    if len(np.unique(label[is_seen])) == 1:
        return np.full(is_asked.sum(), label[is_seen][0])
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(table[is_seen], label[is_seen])
    asked: NDArray[np.str_] = model.predict(table[is_asked])
    return asked


def suspicions(rows: pd.DataFrame, male: Array, view: NDArray[np.str_], view_probability: Array) -> list[str]:
    """Return for each picture what is probably filed wrongly: the view, or (over all its pictures) the mouse's sex."""
    is_wrong_view = (rows["view"].to_numpy() != view) & (view_probability >= SURE)
    mean = pd.Series(male).groupby(rows["specimen_id"].to_numpy()).transform("mean").to_numpy()
    is_wrong_sex = ((rows["sex"] == "male") & (mean <= 1 - SURE)) | ((rows["sex"] == "female") & (mean >= SURE))
    named = zip(is_wrong_view, is_wrong_sex.to_numpy(), strict=True)
    return [
        ",".join(
            name for name, is_set in (("suspected_wrong_view", of_view), ("suspected_wrong_sex", of_sex)) if is_set
        )
        for of_view, of_sex in named
    ]
