"""P-values for phenotypes that share genes, among the genes that were tested for both."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import hypergeom
from statsmodels.stats.multitest import multipletests

Counts = NDArray[np.float64]


def term_pairs(calls: pd.DataFrame, related: NDArray[np.bool_]) -> pd.DataFrame:
    """Return one row per pair of terms that share a gene: counts, odds, Jaccard, p- and q-value.

    Args:
        calls: columns gene and term (both numbered from 0) and is_called; a row means the gene was tested for the term.
        related: term x term, true where the pair is left out (a term and its ancestor share genes by construction).
    """
    tested, called = _matrices(calls, len(related))
    first, second = np.triu_indices(len(related), k=1)
    is_judged = ~related[first, second]
    first, second = first[is_judged], second[is_judged]
    shared = (called.T @ called)[first, second].astype(float)
    universe = (tested.T @ tested)[first, second].astype(float)
    called_and_tested = (called.T @ tested).astype(float)
    first_count, second_count = called_and_tested[first, second], called_and_tested[second, first]
    frame = pd.DataFrame({"first": first, "second": second, "shared": shared, "tested": universe})
    frame["expected"] = first_count * second_count / np.maximum(universe, 1)
    frame["odds"] = odds_ratio(shared, first_count, second_count, universe)
    frame["jaccard"] = shared / np.maximum(first_count + second_count - shared, 1)
    frame["p_value"] = overlap_p_values(shared, first_count, second_count, universe)
    # Every judged pair counts as a test, also those without a shared gene (their p-value is 1).
    frame["q_value"] = multipletests(frame["p_value"], method="fdr_bh")[1] if len(frame) else frame["p_value"]
    return frame[frame["shared"] > 0].astype({"shared": int, "tested": int}).reset_index(drop=True)


def _matrices(calls: pd.DataFrame, term_count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    # Dense on purpose: most genes are tested for most terms, and 8,400 x 1,000 fits in 34 MB.
    # float32 is fast and holds every count below 2^24 exactly.
    tested = np.zeros((int(calls["gene"].max()) + 1 if len(calls) else 0, term_count), dtype=np.float32)
    called = np.zeros_like(tested)
    tested[calls["gene"].to_numpy(), calls["term"].to_numpy()] = 1
    hits = calls[calls["is_called"]]
    called[hits["gene"].to_numpy(), hits["term"].to_numpy()] = 1
    return tested, called


def odds_ratio(shared: Counts, first: Counts, second: Counts, universe: Counts) -> Counts:
    """Return the odds ratios of 2 x 2 tables; half a gene is added to each cell, so that none is infinite.

    >>> odds_ratio(np.array([5.0]), np.array([10.0]), np.array([10.0]), np.array([100.0])).round(1)
    array([15.5])
    """
    neither = universe - first - second + shared
    return (shared + 0.5) * (neither + 0.5) / ((first - shared + 0.5) * (second - shared + 0.5))


def overlap_p_values(shared: Counts, first: Counts, second: Counts, universe: Counts) -> Counts:
    """Return the chance of at least `shared` common genes, hypergeometric, pair by pair.

    >>> overlap_p_values(*(np.array([x]) for x in (5.0, 10.0, 10.0, 100.0))).round(6)
    array([0.000672])
    """
    result = np.ones_like(shared)
    # scipy takes 20 µs a pair; three quarters of the pairs share no gene and need none.
    some = shared > 0
    result[some] = hypergeom.sf(shared[some] - 1, universe[some], first[some], second[some])
    return result
