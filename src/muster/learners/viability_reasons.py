"""Why a gene is called likely lethal or viable: what each source adds to the odds, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import xgboost
from numpy.typing import NDArray

from muster.learners import boosting
from muster.learners.column_groups import group_of, grouped
from muster.learners.feature_matrix import FeatureMatrix

NAMED = 4
#: A factor on the odds below this (or its inverse) is not worth a sentence.
LEAST = 1.1
#: log(1 + TPM) of a gene that is there, and of one that is as good as silent (Expression Atlas's cutoff is 0.5 TPM).
EXPRESSED, SILENT = np.log1p(5.0), np.log1p(0.5)
EVERYWHERE, NARROW = 0.5, 0.8
ESSENTIAL = -0.5

Values = Mapping[str, float]


@dataclass(frozen=True)
class Reasons:
    """What each subject adds to the log odds of lethal over viable, before calibration, one row a gene."""

    subjects: list[str]
    log_odds: NDArray[np.float32]
    """gene x subject"""


def reasons(booster: xgboost.Booster, features: FeatureMatrix, lethal: int, viable: int) -> Reasons:
    """Return the contributions (SHAP) of every subject to the log odds of lethal over viable."""
    found = boosting.contributions(booster, features.values)
    difference = found[:, lethal, :-1] - found[:, viable, :-1]
    subjects, belongs = grouped([group_of(name) for name in features.names])
    return Reasons(subjects, (difference @ belongs).astype(np.float32))


def in_words(subjects: list[str], log_odds: NDArray[np.float32], values: Values) -> list[str]:
    """Return the strongest reasons of one gene as sentences, the strongest first.

    >>> in_words(["human constraint"], np.array([0.6931], np.float32), {"loeuf": 0.12})
    ['human constraint (LOEUF 0.12): odds of lethal x 2.0']
    """
    order = [place for place in np.argsort(-np.abs(log_odds), kind="stable") if abs(log_odds[place]) >= np.log(LEAST)]
    return [
        f"{_said(subjects[place], values)}: odds of lethal x {np.exp(log_odds[place]):.1f}" for place in order[:NAMED]
    ]


def _said(subject: str, values: Values) -> str:
    telling = TELLING.get(subject)
    detail = telling(values) if telling else ""
    return f"{subject} ({detail})" if detail else subject


def _number(values: Values, name: str, words: str) -> str:
    value = values.get(name, np.nan)
    return "not known" if np.isnan(value) else words.format(value)


def _cells(values: Values) -> str:
    effect = values.get("depmap_effect", np.nan)
    if np.isnan(effect):
        return "not known"
    need = "cells need it" if effect <= ESSENTIAL else "cells live without it"
    return f"{need}, DepMap effect {effect:.2f}"


def _embryo(values: Values) -> str:
    mean, least = values.get("embryo_expression", np.nan), values.get("embryo_least", np.nan)
    if np.isnan(mean):
        return "not measured"
    if least >= EXPRESSED:
        return "expressed throughout"
    return "as good as silent" if mean < SILENT else "expressed weakly or at times"


def _tissues(values: Values) -> str:
    tau = values.get("tissue_specificity", np.nan)
    if np.isnan(tau):
        return "not measured"
    if tau <= EVERYWHERE:
        return "in most"
    return "in few" if tau >= NARROW else "in some"


def _relatives(values: Values) -> str:
    size = values.get("family_size", np.nan)
    if np.isnan(size):
        return "not known"
    return "none" if size <= 1 else f"{size:.0f} genes in the family"


TELLING: dict[str, Callable[[Values], str]] = {
    "human constraint": lambda values: _number(values, "loeuf", "LOEUF {:.2f}"),
    "need of human cells": _cells,
    "number of interactions": lambda values: _number(values, "interaction_degree", "{:.0f} partners"),
    "expression in the embryo": _embryo,
    "expression in tissues": _tissues,
    "paralogues": _relatives,
}
