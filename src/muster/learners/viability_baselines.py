"""What one source alone says of viability, held out by the same folds."""

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from muster.learners.viability_folds import Answers, Examples

#: Logistic regressions on these columns; what a release lacks counts as usual for every gene.
LOGISTIC = {
    "constraint": ("loeuf",),
    "all_constraint": ("loeuf", "missense_oe", "shet"),
    "human_cells": ("depmap_effect",),
}
DEGREE = "interaction_degree"


def baselines(examples: Examples, outcomes: list[str]) -> dict[str, Answers]:
    """Return what each baseline answers for every gene; degree only where the first outcome is `viable`."""
    usable = {name: columns for name, columns in LOGISTIC.items() if set(columns) <= set(examples.features.names)}
    found = {name: logistic(examples, columns, len(outcomes)) for name, columns in usable.items()}
    return {**found, "degree": degree_only(examples, len(outcomes))} if outcomes[0] == "viable" else found


def logistic(examples: Examples, columns: Sequence[str], outcomes: int) -> Answers:
    """Return a logistic regression on a few columns; an unknown value counts as the usual one."""
    places = [examples.features.names.index(name) for name in columns]
    values = examples.features.values[:, places].astype(np.float64)
    usual = [np.nanmedian(column) if np.isfinite(column).any() else 0.0 for column in values.T]
    filled = np.where(np.isnan(values), usual, values)
    answers = np.full((len(filled), outcomes), np.nan, np.float32)
    for held in range(examples.folds):
        asked = examples.fold == held
        rows = examples.known & ~asked
        if asked.any():
            model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=200))
            # One thread: the number of cores must not change the order of a sum.
            with threadpool_limits(1):
                model.fit(filled[rows], examples.labels[rows])
            answers[np.ix_(asked, model.classes_)] = model.predict_proba(filled[asked])
    return answers


def degree_only(examples: Examples, outcomes: int) -> Answers:
    """Return the degree as the score of every harmful outcome, and its negative as that of the first (viable)."""
    degree = np.nan_to_num(examples.features.column(DEGREE))
    return np.column_stack([-degree, *[degree] * (outcomes - 1)]).astype(np.float32)
