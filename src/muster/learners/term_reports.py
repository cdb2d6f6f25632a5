"""The files of a finished gene_phenotype model: what the service, the portal and the next release read."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from muster.learners.labels import CALLED, TESTED, UNTESTED
from muster.learners.metrics import Floats, auroc, interval, mean_over
from muster.learners.term_files import KeptTerm, read_kept
from muster.learners.term_table import TermTable

FIGURES = ("auroc", "auprc_over_prevalence", "precision_at_20")
BASELINES = ("degree", "neighbour_vote")
STATUSES = {CALLED: "called", TESTED: "tested", UNTESTED: "untested"}
STATISTIC = "mean over terms; 95 % interval over 200 draws of gene families"


def write_reports(target: Path, work: Path, terms: TermTable, shuffled: Mapping[str, Floats]) -> dict[str, Any]:
    """Write boosters, predictions, explanations and the table of terms; return the metrics over all terms."""
    rows = []
    kept_metrics: list[dict[str, Floats]] = []
    (target / "boosters").mkdir()
    with (
        pq.ParquetWriter(target / "predictions.parquet", PREDICTIONS, compression="zstd") as predictions,
        pq.ParquetWriter(target / "explanations.parquet", EXPLANATIONS, compression="zstd") as explanations,
    ):
        for place, key in enumerate(terms.key_of_term):
            kept = read_kept(work, key)
            shutil.copyfile(work / f"{key}.ubj", target / "boosters" / f"{terms.ids[place].replace(':', '_')}.ubj")
            predictions.write_table(_predictions(terms, place, kept))
            explanations.write_table(_explanations(terms, place, kept))
            rows.append(_term_row(terms, place, kept, shuffled))
            kept_metrics.append(kept.metrics)
    pq.write_table(pa.Table.from_pylist(rows), target / "terms.parquet", compression="zstd")
    metrics = _overall(terms, kept_metrics, shuffled)
    metrics["held_out"]["tested_evidence"] = _by_evidence(rows)
    return metrics


PREDICTIONS = pa.schema(
    {
        "gene_id": pa.string(),
        "symbol": pa.string(),
        "mp_term_id": pa.string(),
        "mp_term_name": pa.string(),
        "score": pa.float32(),
        "probability": pa.float32(),
        "rank": pa.int32(),
        "status": pa.string(),
        "is_held_out": pa.bool_(),
    }
)
TOLD = ("reasons", "groups", "paths", "nearest", "against")
"""Columns of explanations.parquet, each JSON (see `explanations.explain_term`)."""
EXPLANATIONS = pa.schema({name: pa.string() for name in ("gene_id", "mp_term_id", *TOLD)})


def _predictions(terms: TermTable, place: int, kept: KeptTerm) -> pa.Table:
    states = terms.states[:, place]
    ranks = rank_untested(kept.scores, states)
    columns = [
        terms.gene_ids,
        terms.symbols,
        [terms.ids[place]] * len(states),
        [terms.names[place]] * len(states),
        kept.scores,
        kept.probabilities,
        pa.array(ranks, pa.int32(), mask=ranks == 0),
        np.array([STATUSES[state] for state in (UNTESTED, TESTED, CALLED)])[states + 1],
        states != UNTESTED,
    ]
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=PREDICTIONS)


def rank_untested(scores: NDArray[np.float32], states: NDArray[np.int8]) -> NDArray[np.int32]:
    """Return 1 for the untested gene with the highest score, and so on; 0 for tested genes.

    >>> rank_untested(np.array([0.1, 0.9, 0.5], np.float32), np.array([-1, 1, -1], np.int8)).tolist()
    [2, 0, 1]
    """
    untested = np.flatnonzero(states == UNTESTED)
    ranks = np.zeros(len(states), np.int32)
    ranks[untested[np.argsort(-scores[untested], kind="stable")]] = np.arange(1, len(untested) + 1)
    return ranks


def _explanations(terms: TermTable, place: int, kept: KeptTerm) -> pa.Table:
    found = sorted(kept.explanations.items())
    columns = [
        [terms.gene_ids[gene] for gene, _ in found],
        [terms.ids[place]] * len(found),
        *([json.dumps(told[name], ensure_ascii=False) for _, told in found] for name in TOLD),
    ]
    return pa.Table.from_arrays([pa.array(column, pa.string()) for column in columns], schema=EXPLANATIONS)


def _term_row(terms: TermTable, place: int, kept: KeptTerm, shuffled: Mapping[str, Floats]) -> dict[str, Any]:
    states, term, metrics = terms.states[:, place], terms.ids[place], kept.metrics
    positives, tested = int((states == CALLED).sum()), int((states != UNTESTED).sum())
    row: dict[str, Any] = {
        "mp_term_id": term,
        "mp_term_name": terms.names[place],
        "positives": positives,
        "tested": tested,
        "prevalence": round(positives / tested, 6),
    }
    row["auroc"], row["auroc_low"], row["auroc_high"] = interval(metrics["model.auroc"])
    row["auprc"] = _value(metrics["model.auprc"])
    for metric in (*FIGURES[1:], "calibration_error"):
        row[metric] = _value(metrics[f"model.{metric}"])
    for baseline in BASELINES:
        row[f"{baseline}_auroc"] = _value(metrics[f"{baseline}.auroc"])
        row[f"{baseline}_auprc_over_prevalence"] = _value(metrics[f"{baseline}.auprc_over_prevalence"])
    for kind, genes in _evidence_kinds(terms, place).items():
        row[f"{kind}_evidence_tested"] = int(genes.sum())
        row[f"{kind}_evidence_auroc"] = _auroc(states, kept.scores, genes)
    row["shuffled_auroc"] = _value(shuffled[term]) if term in shuffled else float("nan")
    return row


def _overall(terms: TermTable, kept: list[dict[str, Floats]], shuffled: Mapping[str, Floats]) -> dict[str, Any]:
    means = {name: mean_over([metrics[name] for metrics in kept]) for name in kept[0]}
    baselines: dict[str, Any] = {}
    for baseline in BASELINES:
        figures = {metric: interval(means[f"{baseline}.{metric}"]) for metric in FIGURES}
        # Paired: the same draws judge both, so the interval of the lead is narrower than the two intervals apart.
        figures["auroc_lead"] = interval(means["model.auroc"] - means[f"{baseline}.auroc"])
        baselines[baseline] = figures
    return {
        "held_out": {
            "terms": len(terms.ids),
            "label_sets": len(terms.keys),
            "shuffled_terms": len(shuffled),
            "statistic": STATISTIC,
        },
        "model": {
            **{metric: interval(means[f"model.{metric}"]) for metric in FIGURES},
            "calibration_error": _value(means["model.calibration_error"]),
        },
        "baselines": baselines,
        "shuffled": {"auroc": interval(mean_over(list(shuffled.values())))},
    }


def _evidence_kinds(terms: TermTable, place: int) -> dict[str, NDArray[np.bool_]]:
    is_tested = terms.states[:, place] != UNTESTED
    return {"term": is_tested & terms.is_measured[:, place], "gene": is_tested & ~terms.is_measured[:, place]}


def _auroc(states: NDArray[np.int8], scores: NDArray[np.float32], genes: NDArray[np.bool_]) -> float:
    is_called, scored = (states == CALLED)[genes], scores[genes].astype(np.float64)
    if is_called.all() or not is_called.any():
        return float("nan")
    return _value(auroc(is_called, scored, np.ones((1, len(scored))), np.zeros(len(scored))))


def _by_evidence(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return by kind of evidence how many gene-term pairs it tells of, and the mean AUROC over terms on those alone."""
    found = {}
    for kind in ("term", "gene"):
        pairs = sum(row[f"{kind}_evidence_tested"] for row in rows)
        if pairs:
            aurocs = [row[f"{kind}_evidence_auroc"] for row in rows]
            found[kind] = {"pairs": pairs, "auroc": round(float(np.nanmean(aurocs)), 4)}
    return found


def _value(draws: Floats) -> float:
    return round(float(draws[0]), 4)
