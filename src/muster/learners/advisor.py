"""Which gene to test next: where the models are uncertain, corrected for how much a gene is studied already.

    information_g = sum over terms t untested in g of  w_t H(p_gt)         H(p) = -p log2 p - (1 - p) log2 (1 - p)
    w_t = max(0, 2 auroc_low_t - 1) / sum over terms s of r_ts^2

The outcome of an experiment that is calibrated to p carries H(p) bits. A term counts as far as its model is known to
be better than chance (the lower end of the 95 % interval of the held-out AUROC), and terms whose predictions say the
same (r: correlation over genes) share one vote, so that a chain of parent and child terms is not counted ten times.

Well connected, well studied genes have more evidence and are given other probabilities; what is listed first would be
what is studied most. So the corrected score compares a gene with genes that are studied alike:

    corrected_g = (information_g - f(study_g)) / s(study_g)

with study the ranks of interaction degree, IDG novelty and GO terms, f a sum of one cubic spline each (and a step for
genes without a novelty), fitted by least squares; s^2 the same fit of the squared residuals, drawn half-way to their
mean because a hundred genes without any evidence differ in next to nothing. So it reads in standard deviations above
what is usual for genes so well studied.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import entr
from scipy.stats import rankdata
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import SplineTransformer

from muster.learners.prediction_table import PredictionTable

Floats = NDArray[np.float64]

STUDY = ("interaction_degree", "novelty", "go_count")
KNOTS = 6
FEWEST = 60
"""Candidates without which there is nothing to compare with: the splines have 24 coefficients."""
TOLD = 3
MOST_LINES = 5000
"""Tested genes with an untested body system that are kept: the first of either order."""


@dataclass(frozen=True)
class Question:
    """What could be tested together: everything, or the terms of one body system."""

    kind: str
    """gene: never tested; line: tested already, but not for these terms"""
    system: str
    terms: NDArray[np.bool_]


def entropy(probabilities: NDArray[np.float32]) -> Floats:
    """Return the bits that the outcome of an experiment of these probabilities carries.

    >>> entropy(np.array([0.5, 0.0, 1.0, 0.11])).round(2).tolist()
    [1.0, 0.0, 0.0, 0.5]
    """
    p = np.nan_to_num(probabilities.astype(np.float64))
    bits: Floats = (entr(p) + entr(1 - p)) / np.log(2)
    return bits


def weights(found: PredictionTable) -> Floats:
    """Return by term how much its outcome counts: skill, shared among terms that say the same."""
    skill = np.maximum(2 * np.nan_to_num(found.terms["auroc_low"].to_numpy(np.float64), nan=0.5) - 1, 0.0)
    spread = found.probability.astype(np.float64)
    spread = np.nan_to_num(spread - np.nanmean(spread, axis=0))
    length = np.linalg.norm(spread, axis=0)
    scaled = np.divide(spread, length, out=np.zeros_like(spread), where=length > 0)
    alike = ((scaled.T @ scaled) ** 2)[:, skill > 0].sum(axis=1)
    votes: Floats = skill / np.maximum(alike, 1.0)
    return votes


def corrected(information: Floats, study: Floats) -> Floats:
    """Return information in standard deviations above what genes studied alike carry; NaN where there are too few.

    `study` is genes x measures; a missing measure counts as the least studied.
    """
    if len(information) < FEWEST:
        return np.full(len(information), np.nan)
    known = np.nan_to_num(study, nan=-np.inf)
    ranks = np.column_stack([rankdata(column) / len(column) for column in known.T])
    basis = np.hstack([SplineTransformer(n_knots=KNOTS, degree=3).fit_transform(ranks), np.isnan(study)])
    residual = information - LinearRegression().fit(basis, information).predict(basis)
    spread = LinearRegression().fit(basis, residual**2).predict(basis)
    usual = residual.var() + np.finfo(np.float32).tiny
    scaled: Floats = residual / np.sqrt((np.maximum(spread, 0.0) + usual) / 2)
    return scaled


def advise(found: PredictionTable, genes: pd.DataFrame, systems: dict[str, list[str]]) -> pd.DataFrame:
    """Return who or what to test next, one row a gene never tested and one a tested gene and untested body system.

    `genes` has symbol, target_level and the measures of study, by gene_id; `systems` gives the terms of each system.
    """
    weight, bits = weights(found), entropy(found.probability)
    is_new = np.asarray(found.is_untested.all(axis=1))
    parts = [_answers(found, genes, question, is_new, bits * weight) for question in _questions(found, systems)]
    table = pd.concat(parts, ignore_index=True)
    ranked = table.groupby("kind")[["information", "corrected"]].rank(ascending=False, method="first")
    table["rank"], table["corrected_rank"] = ranked["information"].astype("Int64"), ranked["corrected"].astype("Int64")
    is_first = (ranked.min(axis=1) <= MOST_LINES) | (table["kind"] == "gene")
    order = ["kind", "corrected_rank", "rank", "gene_id", "system"]
    return table[is_first].sort_values(order, ignore_index=True)


def _questions(found: PredictionTable, systems: dict[str, list[str]]) -> list[Question]:
    ids = found.terms["mp_term_id"]
    everything = Question("gene", "", np.ones(len(ids), np.bool_))
    of_system = {name: ids.isin(terms).to_numpy(np.bool_) for name, terms in sorted(systems.items())}
    return [everything, *(Question("line", name, terms) for name, terms in of_system.items() if terms.any())]


def _answers(
    found: PredictionTable, genes: pd.DataFrame, question: Question, is_new: NDArray[np.bool_], bits: Floats
) -> pd.DataFrame:
    asked = found.is_untested & question.terms
    rows = np.flatnonzero((is_new if question.kind == "gene" else ~is_new) & asked.any(axis=1))
    told = np.where(asked[rows], bits[rows], 0.0)
    table = genes.loc[[found.gene_ids[row] for row in rows]].reset_index(names="gene_id")
    study = table[list(STUDY)].astype(np.float64)
    # Novelty is high where little is published.
    study["novelty"] *= -1
    table = table.assign(kind=question.kind, system=question.system, terms=asked[rows].sum(axis=1))
    table["information"] = told.sum(axis=1).round(4)
    table["corrected"] = corrected(told.sum(axis=1), study.to_numpy()).round(3)
    table["questions"] = _most_open(found, rows, told)
    return table


def _most_open(found: PredictionTable, rows: NDArray[np.int64], told: Floats) -> list[str]:
    """Return per gene the terms whose outcome would tell most, with their probabilities."""
    names = found.terms["mp_term_name"].to_list()
    best = np.argsort(-told, axis=1, kind="stable")[:, :TOLD]
    return [
        "; ".join(f"{names[term]} (p = {found.probability[row, term]:.2f})" for term in terms if told[place, term] > 0)
        for place, (row, terms) in enumerate(zip(rows, best, strict=True))
    ]
