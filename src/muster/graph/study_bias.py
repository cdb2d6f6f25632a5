"""How much the graph tells of how much a gene was studied: what a model must not mistake for biology."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm, spearmanr

from muster.graph.elements import Elements
from muster.graph.statistics import LEVELS, gene_counts, shown_kinds

NOVELTY = "novelty"
CONFIDENCE = 0.95
FEWEST = 4
"""Pairs below which a correlation has no interval."""
QUARTILES = {"quarter": 0.25, "median": 0.5, "three_quarters": 0.75}
FENCES = {"tenth": 0.1, "nine_tenths": 0.9}


def study_bias(elements: Elements) -> dict[str, Any]:
    """Return rank correlations with IDG novelty (low is much published) and with hits, and degrees by target level.

    Hits are compared among tested genes only: an untested gene has none because nobody looked.
    """
    genes = elements.nodes.head(elements.gene_count).set_index("id")
    measures = {kind: gene_counts(elements, kind, is_walked=True) for kind in shown_kinds(elements)}
    counted = genes.assign(is_tested=elements.flags("is_tested"), **measures)
    columns = ["degree", *measures]
    tested = counted[counted["is_tested"]]
    return {
        "with_novelty": [_correlation(counted, column, NOVELTY) for column in columns],
        "with_hits": [_correlation(tested, column, "hit_count") for column in ["degree", NOVELTY]],
        "by_target_level": [
            {"level": level or "no level", **_spread(rows, columns)} for level, rows in _by_level(counted)
        ],
        "by_testing": [
            {"group": name, **_spread(rows, columns)}
            for name, rows in (("tested", tested), ("untested", counted.drop(tested.index)))
        ],
    }


def rank_correlation(first: pd.Series, second: pd.Series) -> dict[str, Any]:
    """Return Spearman's rho over the pairs that have both values, its p-value and its 95 % interval.

    The interval is Fisher's with the variance of Bonett and Wright (2000), (1 + rho^2 / 2) / (n - 3).

    >>> rank_correlation(pd.Series([1, 2, 3, None]), pd.Series([9, 4, 1, 0]))["rho"]
    -1.0
    """
    both = pd.DataFrame({"first": first, "second": second}).astype(np.float64).dropna()
    if len(both) < FEWEST - 1 or both.nunique().min() == 1:
        return {"pairs": len(both), "rho": None, "p_value": None, "interval": None}
    found = spearmanr(both["first"], both["second"])
    rho = float(found.statistic)
    return {"pairs": len(both), "rho": rho, "p_value": float(found.pvalue), "interval": _interval(rho, len(both))}


def _interval(rho: float, pairs: int) -> list[float] | None:
    if pairs < FEWEST or abs(rho) >= 1:
        return None
    reach = norm.ppf((1 + CONFIDENCE) / 2) * np.sqrt((1 + rho**2 / 2) / (pairs - 3))
    return [float(np.tanh(np.arctanh(rho) + sign * reach)) for sign in (-1, 1)]


def _correlation(genes: pd.DataFrame, column: str, other: str) -> dict[str, Any]:
    return {"measure": column, "other": other, **rank_correlation(genes[column], genes[other])}


def _by_level(genes: pd.DataFrame) -> list[tuple[str | None, pd.DataFrame]]:
    named = [(level, genes[genes["target_level"] == level]) for level in LEVELS]
    return [*named, (None, genes[genes["target_level"].isna()])]


def _spread(genes: pd.DataFrame, columns: list[str]) -> dict[str, Any]:
    degree = genes["degree"].astype(float)
    shown = {**QUARTILES, **FENCES}
    return {
        "genes": len(genes),
        "tested": int(genes["is_tested"].sum()),
        "degree": {name: float(degree.quantile(share)) if len(degree) else None for name, share in shown.items()},
        "medians": {column: float(genes[column].median()) if len(genes) else None for column in columns},
    }
