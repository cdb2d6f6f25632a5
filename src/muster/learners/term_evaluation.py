"""How well terms are predicted: a row a term, figures over all terms, and the model against each baseline, paired."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import wilcoxon

from muster.learners.baselines import BASELINES
from muster.learners.labels import CALLED, TESTED, UNTESTED
from muster.learners.metrics import Floats, auroc, calibration_error, interval, mean_over, median_over
from muster.learners.term_files import KeptTerm
from muster.learners.term_table import TermTable

Judged = Mapping[str, Floats]
"""`model.auroc`, `degree.auroc` ...: the value first, then its draws"""

FIGURES = ("auroc", "auprc_over_prevalence", "log2_auprc_over_prior", "precision_at_20")
#: Judged by the median over terms and paired over terms too.
COMPARED = ("auroc", "log2_auprc_over_prior")
STATISTIC = (
    "mean (and median) over terms; 95 % interval over 200 draws of gene families; a normal gene weighs its power, "
    "but in the precision one; "
    "Wilcoxon signed-rank over label sets, which overlap: where both differ believe the interval"
)


def term_row(terms: TermTable, place: int, kept: KeptTerm) -> dict[str, Any]:
    """Return how well one term is predicted on held-out genes, beside every baseline."""
    states, weights, metrics = terms.states[:, place], terms.weights[:, place], kept.metrics
    positives, tested = int((states == CALLED).sum()), int((states != UNTESTED).sum())
    power = float(weights[states == TESTED].sum())
    row: dict[str, Any] = {
        "mp_term_id": terms.ids[place],
        "mp_term_name": terms.names[place],
        "positives": positives,
        "tested": tested,
        "prevalence": round(positives / tested, 6),
        # What `auprc_over_prevalence` is over: a normal gene weighs its power there.
        "weighted_prevalence": round(positives / (positives + power), 6),
        "mean_power": round(power / (tested - positives), 4),
    }
    for metric in COMPARED:
        row[metric], row[f"{metric}_low"], row[f"{metric}_high"] = interval(metrics[f"model.{metric}"], metric)
    for metric in ("auprc", "auprc_over_prevalence", "precision_at_20"):
        row[metric] = value(metrics[f"model.{metric}"])
    for name in BASELINES:
        for metric in ("auroc", "auprc_over_prevalence", "log2_auprc_over_prior"):
            row[f"{name}_{metric}"] = value(metrics[f"{name}.{metric}"])
        lead = interval(metrics["model.auroc"] - metrics[f"{name}.auroc"])
        row[f"{name}_auroc_lead"], row[f"{name}_auroc_lead_low"], row[f"{name}_auroc_lead_high"] = lead
    for kind, genes in _evidence_kinds(terms, place).items():
        row[f"{kind}_evidence_tested"] = int(genes.sum())
        row[f"{kind}_evidence_auroc"] = _auroc(states, kept.scores, weights, genes)
    return row


def overall(kept: Sequence[Judged]) -> dict[str, Any]:
    """Return the figures of the model and of each baseline over all terms (the metrics of one each), and its lead.

    The lead is paired: the same draws judge both, so its interval is narrower than the two intervals apart.
    """
    baselines: dict[str, Any] = {}
    for name in BASELINES:
        lead = mean_over([term["model.auroc"] - term[f"{name}.auroc"] for term in kept])
        baselines[name] = {**_over_terms(kept, name), "auroc_lead": interval(lead)}
    return {"model": _over_terms(kept, "model"), "baselines": baselines}


def _over_terms(kept: Sequence[Judged], name: str) -> dict[str, Any]:
    rows = {metric: [term[f"{name}.{metric}"] for term in kept] for metric in FIGURES}
    means = {metric: interval(mean_over(rows[metric]), metric) for metric in FIGURES}
    return means | {f"{metric}_median": interval(median_over(rows[metric]), metric) for metric in COMPARED}


def paired_tests(kept: Sequence[Judged]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return by baseline and metric how the model compares over label sets (the metrics of one each)."""
    return {
        name: {
            metric: _paired([term[f"model.{metric}"] for term in kept], [term[f"{name}.{metric}"] for term in kept])
            for metric in COMPARED
        }
        for name in BASELINES
    }


def _paired(ours: list[Floats], theirs: list[Floats]) -> dict[str, Any]:
    """Return the lead with its intervals, the label sets won and lost, and Wilcoxon's signed-rank p-value.

    >>> ours, theirs = np.array([[0.7], [0.6], [0.5]]), np.array([[0.6], [0.4], [0.6]])
    >>> _paired(list(ours), list(theirs))
    {'mean_lead': [0.0667, None, None], 'median_lead': [0.1, None, None], 'won': 2, 'lost': 1, 'wilcoxon_p': 0.75}
    """
    leads = [model - baseline for model, baseline in zip(ours, theirs, strict=True)]
    # Rounded as they are reported: what differs by the last bit is a tie.
    values = np.array([lead[0] for lead in leads]).round(4)
    known = values[~np.isnan(values)]
    return {
        "mean_lead": interval(mean_over(leads)),
        "median_lead": interval(median_over(leads)),
        "won": int((known > 0).sum()),
        "lost": int((known < 0).sum()),
        "wilcoxon_p": float(f"{wilcoxon(known).pvalue:.3g}") if known.any() else None,
    }


def calibration_errors(terms: TermTable, probabilities: NDArray[np.float32]) -> list[float]:
    """Return the calibration error of each term on its tested genes; `probabilities` is genes x terms."""
    errors = []
    for place in range(len(terms.ids)):
        states = terms.states[:, place]
        is_tested = states != UNTESTED
        errors.append(calibration_error((states == CALLED)[is_tested], probabilities[is_tested, place]))
    return errors


def by_evidence(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return by kind of evidence how many gene-term pairs it tells of, and the mean AUROC over terms on those alone."""
    found = {}
    for kind in ("term", "gene"):
        pairs = sum(row[f"{kind}_evidence_tested"] for row in rows)
        if pairs:
            aurocs: list[float] = [row[f"{kind}_evidence_auroc"] for row in rows]
            found[kind] = {"pairs": pairs, "auroc": round(float(np.nanmean(aurocs)), 4)}
    return found


def _evidence_kinds(terms: TermTable, place: int) -> Mapping[str, NDArray[np.bool_]]:
    is_tested = terms.states[:, place] != UNTESTED
    return {"term": is_tested & terms.is_measured[:, place], "gene": is_tested & ~terms.is_measured[:, place]}


def _auroc(
    states: NDArray[np.int8], scores: NDArray[np.float32], weights: NDArray[np.float32], genes: NDArray[np.bool_]
) -> float:
    is_called, scored = (states == CALLED)[genes], scores[genes].astype(np.float64)
    if is_called.all() or not is_called.any():
        return float("nan")
    return value(auroc(is_called, scored, weights[None, genes].astype(np.float64), np.zeros(len(scored))))


def value(draws: Floats) -> float:
    """Return the value itself, the first of its draws, rounded as figures are."""
    return round(float(draws[0]), 4)
