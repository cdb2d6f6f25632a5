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
from pyarrow import csv

from muster.learners.baselines import BASELINES
from muster.learners.hierarchy import consistent, contradictions
from muster.learners.labels import CALLED, TESTED, UNTESTED
from muster.learners.metrics import Floats, interval, mean_over
from muster.learners.robustness import Robustness
from muster.learners.term_evaluation import (
    STATISTIC,
    Judged,
    by_evidence,
    calibration_errors,
    overall,
    paired_tests,
    term_row,
    value,
)
from muster.learners.term_files import KeptTerm, read_kept
from muster.learners.term_table import TermTable

STATUSES = {CALLED: "called", TESTED: "tested", UNTESTED: "untested"}


def write_reports(
    target: Path, work: Path, terms: TermTable, shuffled: Mapping[str, Floats], robust: Robustness
) -> dict[str, Any]:
    """Write boosters, predictions, baselines, explanations and the table of terms; return the metrics over all terms.

    Args:
        target: the folder of the model.
        work: where the fitted terms are kept, by their key.
        terms: of the release.
        shuffled: term -> held-out AUROC on shuffled labels.
        robust: what the other splits found.
    """
    calibrated = np.stack([read_kept(work, key).probabilities for key in terms.key_of_term], axis=1)
    probabilities = consistent(calibrated, terms.is_above, terms.states != UNTESTED)
    errors = calibration_errors(terms, probabilities)
    rows, judged = _write_tables(target, work, terms, probabilities)
    for row, error in zip(rows, errors, strict=True):
        term = row["mp_term_id"]
        found = {"calibration_error": error, **robust.by_term.get(term, {})}
        row.update(found, shuffled_auroc=value(shuffled[term]) if term in shuffled else float("nan"))
    _write_rows(target, rows)
    return {
        "held_out": {
            "terms": len(terms.ids),
            "label_sets": len(terms.keys),
            "shuffled_terms": len(shuffled),
            "statistic": STATISTIC,
            "tested_evidence": by_evidence(rows),
        },
        **_figures(judged, errors),
        "tests": paired_tests([judged[place] for place in terms.keys.values()]),
        "shuffled": {"auroc": interval(mean_over(list(shuffled.values())), "auroc")},
        "hierarchy": _hierarchy(terms, calibrated, probabilities, errors),
        **robust.metrics,
    }


def _figures(judged: list[Judged], errors: list[float]) -> dict[str, Any]:
    figures = overall(judged)
    figures["model"]["calibration_error"] = round(float(np.mean(errors)), 4)
    return figures


def _hierarchy(
    terms: TermTable, calibrated: NDArray[np.float32], probabilities: NDArray[np.float32], errors: list[float]
) -> dict[str, Any]:
    """Return what making the probabilities agree with the ontology changed."""
    before = calibration_errors(terms, calibrated)
    return {
        "pairs_of_terms": int(terms.is_above.sum()),
        "contradictions_before": round(contradictions(calibrated, terms.is_above), 4),
        "contradictions_after": round(contradictions(probabilities, terms.is_above), 4),
        "mean_move": round(float(np.abs(probabilities - calibrated).mean()), 5),
        "calibration_error_before": round(float(np.mean(before)), 4),
        "calibration_error_after": round(float(np.mean(errors)), 4),
    }


def _write_tables(
    target: Path, work: Path, terms: TermTable, probabilities: NDArray[np.float32]
) -> tuple[list[dict[str, Any]], list[Judged]]:
    """Write boosters, predictions, baselines and explanations a term at a time; return its row and its metrics."""
    rows: list[dict[str, Any]] = []
    judged: list[Judged] = []
    (target / "boosters").mkdir()
    with (
        pq.ParquetWriter(target / "predictions.parquet", PREDICTIONS, compression="zstd") as predictions,
        pq.ParquetWriter(target / "baselines.parquet", BASELINE_SCORES, compression="zstd", **SPLIT_BYTES) as baselines,
        pq.ParquetWriter(target / "explanations.parquet", EXPLANATIONS, compression="zstd") as explanations,
    ):
        for place, key in enumerate(terms.key_of_term):
            kept = read_kept(work, key)
            shutil.copyfile(work / f"{key}.ubj", target / "boosters" / f"{terms.ids[place].replace(':', '_')}.ubj")
            predictions.write_table(_predictions(terms, place, kept.scores, probabilities[:, place]))
            baselines.write_table(_baselines(terms, place, kept))
            explanations.write_table(_explanations(terms, place, kept))
            rows.append(term_row(terms, place, kept))
            judged.append(kept.metrics)
    return rows, judged


def _write_rows(target: Path, rows: list[dict[str, Any]]) -> None:
    # Terms that were not asked lack the columns of the other splits.
    columns = list(dict.fromkeys(name for row in rows for name in row))
    table = pa.table({name: [row.get(name, float("nan")) for row in rows] for name in columns})
    pq.write_table(table, target / "terms.parquet", compression="zstd")
    csv.write_csv(table, target / "terms.csv")


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
BASELINE_SCORES = pa.schema(
    {"gene_id": pa.string(), "mp_term_id": pa.string(), **{name: pa.float32() for name in BASELINES}}
)
#: Numbers of which each gene has its own shrink by a fifth when their bytes lie apart; the others repeat.
SPLIT_BYTES: dict[str, Any] = {
    "use_dictionary": ["gene_id", "mp_term_id", "degree", "neighbour_vote"],
    "column_encoding": dict.fromkeys(("publications", "label_propagation", "adjacency_lr"), "BYTE_STREAM_SPLIT"),
}
TOLD = ("reasons", "groups", "paths", "nearest", "against")
"""Columns of explanations.parquet, each JSON (see `explanations.explain_term`)."""
EXPLANATIONS = pa.schema({name: pa.string() for name in ("gene_id", "mp_term_id", *TOLD)})


def _predictions(
    terms: TermTable, place: int, scores: NDArray[np.float32], probabilities: NDArray[np.float32]
) -> pa.Table:
    states = terms.states[:, place]
    ranks = rank_untested(scores, states)
    columns = [
        terms.gene_ids,
        terms.symbols,
        [terms.ids[place]] * len(states),
        [terms.names[place]] * len(states),
        scores,
        probabilities,
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


def _baselines(terms: TermTable, place: int, kept: KeptTerm) -> pa.Table:
    """Return what each baseline gives a gene: held out where it was tested, of all labels where it was not."""
    columns = [terms.gene_ids, [terms.ids[place]] * len(terms.gene_ids), *(kept.baselines[name] for name in BASELINES)]
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=BASELINE_SCORES)


def _explanations(terms: TermTable, place: int, kept: KeptTerm) -> pa.Table:
    found = sorted(kept.explanations.items())
    columns = [
        [terms.gene_ids[gene] for gene, _ in found],
        [terms.ids[place]] * len(found),
        *([json.dumps(told[name], ensure_ascii=False) for _, told in found] for name in TOLD),
    ]
    return pa.Table.from_arrays([pa.array(column, pa.string()) for column in columns], schema=EXPLANATIONS)
