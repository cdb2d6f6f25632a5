"""XGBoost as every learner uses it: one thread a fit, so that the number of cores never changes a byte."""

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any, TypeVar

import numpy as np
import xgboost
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Item = TypeVar("Item")
Result = TypeVar("Result")

#: A GPU takes one fit at a time: side by side they only share it.
GPU = threading.Lock()


def make_cuts(features: Matrix, params: Mapping[str, Any]) -> xgboost.QuantileDMatrix:
    """Return where to cut columns into bins, taken from these rows, for fits on other rows of the same columns."""
    return xgboost.QuantileDMatrix(features, nthread=1, max_bin=params.get("max_bin"), missing=np.nan)


def fit(
    features: Matrix,
    labels: NDArray[Any],
    params: Mapping[str, Any],
    rounds: int,
    weights: NDArray[np.float32] | None = None,
    cuts: xgboost.QuantileDMatrix | None = None,
) -> xgboost.Booster:
    """Return a booster; NaN in the features is allowed and means unknown.

    Weights are of rows, 1 by default. Without cuts from other rows, those of these rows are looked for.
    """
    data = xgboost.QuantileDMatrix(
        features,
        labels.astype(np.float32),
        weight=weights,
        nthread=1,
        max_bin=params.get("max_bin"),
        missing=np.nan,
        ref=cuts,
    )
    with GPU if params.get("device") == "cuda" else nullcontext():
        booster = xgboost.train({"tree_method": "hist", "nthread": 1, "verbosity": 0, **params}, data, rounds)
    # Trained wherever; asked on the CPU, where the service asks it.
    booster.set_param({"device": "cpu"})
    return booster


def predict(booster: xgboost.Booster, features: Matrix) -> NDArray[np.float32]:
    """Return probabilities; a row's answer does not depend on the rows beside it."""
    return np.asarray(booster.inplace_predict(np.ascontiguousarray(features), missing=np.nan), dtype=np.float32)


def contributions(booster: xgboost.Booster, features: Matrix) -> NDArray[np.float32]:
    """Return what each column adds to each row's score (SHAP), in log odds; the last column is the base."""
    data = xgboost.DMatrix(features, nthread=1, missing=np.nan)
    return np.asarray(booster.predict(data, pred_contribs=True), dtype=np.float32)


def in_parallel(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return the results in order; one item a core, where fits on a GPU take turns and all else goes on beside them."""
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return list(pool.map(work, items))
