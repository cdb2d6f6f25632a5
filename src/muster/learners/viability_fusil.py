"""The finer split of viability: which lethal genes every cell needs, and which only the embryo."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from muster.graph.summary import SUBJECTS
from muster.learners import boosting
from muster.learners.labels import UNTESTED
from muster.learners.metrics import Floats
from muster.learners.viability_calibration import cross_fitted, fit_calibration
from muster.learners.viability_evaluation import HeldOut, evaluate
from muster.learners.viability_folds import Examples, Fitting, held_out_answers, held_out_boosters
from muster.learners.viability_labels import Fusil

#: A bin with fewer genes cannot be learned: it is left out.
FEWEST_IN_BIN = 10
#: The growth of human cells decides between the first two bins: as a feature it would be the answer.
LEFT_OUT = SUBJECTS["need of human cells"]


@dataclass(frozen=True)
class Binned:
    """Genes with a bin, and the names of the bins."""

    examples: Examples
    bins: list[str]


def fit_bins(
    found: Fusil, examples: Examples, gene_ids: list[str], fitting: Fitting, draws: Floats, target: Path
) -> dict[str, Any] | None:
    """Write the probability of each bin for every gene to `fusil.parquet`; return the metrics, None with one bin."""
    binned = enough(found, examples.without(LEFT_OUT))
    if len(binned.bins) < 2:  # noqa: PLR2004
        return None
    asked, fitting = binned.examples, fitting.with_outcomes(len(binned.bins))
    raw = held_out_answers(asked, held_out_boosters(asked, fitting), len(binned.bins))
    calibrated = cross_fitted(raw, asked.labels, asked.fold, asked.folds)
    live = boosting.predict(fitting.fit(asked, asked.known), asked.features.values)
    answers = fit_calibration(raw, asked.labels).apply(live)
    answers[asked.known] = calibrated[asked.known]
    _write(target / "fusil.parquet", gene_ids, binned, answers, found.source)
    judged = evaluate(asked, HeldOut(raw, calibrated), [], binned.bins, draws)
    return {"source": found.source, "left_out": list(LEFT_OUT), **judged}


def enough(found: Fusil, examples: Examples) -> Binned:
    """Return the genes of the bins that have enough of them."""
    kept = [number for number in range(len(found.bins)) if (found.labels == number).sum() >= FEWEST_IN_BIN]
    labels = np.full(len(found.labels), UNTESTED, np.int32)
    for place, number in enumerate(kept):
        labels[found.labels == number] = place
    return Binned(replace(examples, labels=labels), [found.bins[number] for number in kept])


def _write(path: Path, gene_ids: list[str], binned: Binned, answers: Any, source: str) -> None:
    labels = binned.examples.labels
    columns = {
        "gene_id": pa.array(gene_ids, pa.string()),
        **{name: pa.array(answers[:, place], pa.float32()) for place, name in enumerate(binned.bins)},
        "bin": pa.array([binned.bins[label] if label != UNTESTED else None for label in labels], pa.string()),
        "source": pa.array([source] * len(gene_ids), pa.string()),
        "is_held_out": pa.array(labels != UNTESTED),
    }
    pq.write_table(pa.table(columns), path, compression="zstd")
