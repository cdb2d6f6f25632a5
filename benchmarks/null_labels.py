"""Shuffled labels through every feature that uses labels: does anything tell of a held-out label?

Labels of terms of a published release are dealt out again among the genes tested for each. Held-out AUROCs must then be
0.5 on average: through the evidence of the model (paths to called and to tested genes), through the baselines, and
through ProteinGraphML's features, one column a pathway, GO term ... or partner (`graph/instances.py`), taken from the
labels that may be seen. The last two lines take those features once from all labels and cross-validate afterwards, and
then keep an edge between two called genes for one of them only, as the reference does: what they find is leak. The
standard error is that of the mean over terms.

    MUSTER_DATA=.muster python benchmarks/null_labels.py 18.0 --terms 200 --check
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from enum import Enum

import numpy as np
import xgboost
from numpy.typing import NDArray
from scipy import sparse

from muster.graph.instances import PartnerSource, Source, make_sources
from muster.graph.knowledge import read_graph, read_scores
from muster.learners.baselines import baseline_scores
from muster.learners.boosting import in_parallel
from muster.learners.gene_phenotype import make_study
from muster.learners.labels import CALLED, UNTESTED
from muster.learners.null_labels import ShuffledLabels, null_aurocs, shuffled_labels
from muster.learners.robustness import Bench
from muster.learners.term_fit import judge
from muster.specs import load_spec

TOLERANCE = 0.01
SEED = 17
LABEL_BASELINES = ("neighbour_vote", "label_propagation", "adjacency_lr")
ROUNDS = 50
PARAMS = {"objective": "binary:logistic", "max_depth": 6, "eta": 0.1, "tree_method": "hist", "nthread": 1, "seed": 1}

States = NDArray[np.int8]


def evidence(bench: Bench, labels: ShuffledLabels) -> list[float]:
    """Return the null AUROCs of the model itself."""
    return [float(draws[0]) for draws in null_aurocs(bench, labels)]


def baselines(bench: Bench, labels: ShuffledLabels) -> dict[str, list[float]]:
    """Return the null AUROCs of the baselines that use labels."""
    cohort = bench.cohort
    found: dict[str, list[float]] = {name: [] for name in LABEL_BASELINES}
    for term in range(len(labels.ids)):
        states, weights = labels.states[:, term], labels.weights[:, term]
        (scores,) = baseline_scores(bench.baselines, states[:, None], cohort.fold, cohort.folds)
        for name in LABEL_BASELINES:
            found[name].append(float(judge(cohort, states, weights, scores[name], name)[f"{name}.auroc"][0]))
    return found


class Ways(Enum):
    """How ProteinGraphML's features are taken; only the first must be 0.5."""

    SAFE = "ProteinGraphML's features, fold-safe"
    ALL_LABELS = "the same from all labels at once"
    ONE_WAY = "and each edge one way (the reference)"


def instances(bench: Bench, labels: ShuffledLabels, sources: Sequence[Source], way: Ways) -> list[float]:
    """Return the null AUROCs through ProteinGraphML's features."""

    def auroc(term: int) -> float:
        states = labels.states[:, term]
        scores = np.full(len(states), np.nan)
        for held in range(bench.cohort.folds):
            asked = (states != UNTESTED) & (bench.cohort.fold == held)
            rows, table, asked_table = _tables(bench, states, sources, held, way)
            data = xgboost.DMatrix(table, (states[rows] == CALLED).astype(np.float32), nthread=1)
            booster = xgboost.train(PARAMS, data, ROUNDS)
            scores[asked] = booster.predict(xgboost.DMatrix(asked_table, nthread=1))
        return float(judge(bench.cohort, states, labels.weights[:, term], scores, "null")["null.auroc"][0])

    return in_parallel(auroc, range(len(labels.ids)))


def _tables(
    bench: Bench, states: States, sources: Sequence[Source], held: int, way: Ways
) -> tuple[NDArray[np.int64], sparse.csr_array, sparse.csr_array]:
    """Return the training genes, their features, and those of the held-out genes."""
    fold, is_tested = bench.cohort.fold, states != UNTESTED
    rows, asked = np.flatnonzero(is_tested & (fold != held)), np.flatnonzero(is_tested & (fold == held))
    if way is not Ways.SAFE:
        table = _features(sources, states == CALLED, is_one_way=way is Ways.ONE_WAY)
        return rows, table[rows], table[asked]
    parts, genes = [], []
    # As in the model: a training gene's features come from the labels of the other training folds.
    for own in (number for number in range(bench.cohort.folds) if number != held):
        genes.append(rows[fold[rows] == own])
        parts.append(_features(sources, (states == CALLED) & (fold != held) & (fold != own))[genes[-1]])
    seen = _features(sources, (states == CALLED) & (fold != held))
    return np.concatenate(genes), sparse.csr_array(sparse.vstack(parts)), seen[asked]


def _features(sources: Sequence[Source], labels: NDArray[np.bool_], *, is_one_way: bool = False) -> sparse.csr_array:
    """Return genes x all nodes and partners, so that a column means the same whatever the labels."""
    blocks = []
    for source in sources:
        found = source.features(labels)
        entries = found.values.tocoo()
        rows, columns, values = entries.row, found.columns[entries.col], entries.data
        width = len(labels) if isinstance(source, PartnerSource) else source.members.shape[1]
        if is_one_way and isinstance(source, PartnerSource):
            kept = ~labels[rows] | (rows < columns)
            rows, columns, values = rows[kept], columns[kept], values[kept]
        blocks.append(sparse.csr_array((values, (rows, columns)), (len(labels), width)))
    return sparse.csr_array(sparse.hstack(blocks, format="csr"))


def measured(
    bench: Bench, terms: int, reference_terms: int, sources: Sequence[Source]
) -> Iterator[tuple[str, list[float], bool]]:
    """Yield what was asked, its null AUROCs, and whether it must be 0.5."""
    labels = shuffled_labels(bench.terms, terms, seed=SEED)
    yield "model, all evidence", evidence(bench, labels), True
    for name, aurocs in baselines(bench, labels).items():
        yield f"baseline {name}", aurocs, True
    labels = shuffled_labels(bench.terms, reference_terms, seed=SEED)
    for way in Ways:
        yield way.value, instances(bench, labels, sources, way), way is Ways.SAFE


def main() -> None:
    """Print a row a way that labels could leak; with --check exit 1 where one does."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("release")
    options.add_argument("--terms", type=int, default=200)
    options.add_argument("--reference-terms", type=int, default=24, help="for the features of ProteinGraphML: slow")
    options.add_argument(
        "--check",
        action="store_true",
        help=f"exit 1 outside 0.5 +- {TOLERANCE} or 3 errors",
    )
    asked = options.parse_args()
    study, _ = make_study(load_spec("gene_phenotype"), asked.release, "null-labels", "cpu")
    graph = read_graph(asked.release)
    sources = list(make_sources(graph, read_scores(asked.release, graph.gene_ids)).values())
    leaks = []
    start = time.monotonic()
    for name, aurocs, must_hold in measured(study.bench, asked.terms, asked.reference_terms, sources):
        mean, error = float(np.mean(aurocs)), float(np.std(aurocs, ddof=1) / len(aurocs) ** 0.5)
        seconds, start = time.monotonic() - start, time.monotonic()
        # Few terms stray by chance: three standard errors are allowed where they are more.
        allowed = max(TOLERANCE, 3 * error)
        told = f"allowed 0.5 +- {allowed:.4f}" if must_hold else "not held to 0.5"
        print(f"{name:42} {len(aurocs):4} terms  AUROC {mean:.4f} +- {error:.4f}  {told}  {seconds:.0f} s", flush=True)
        if must_hold and abs(mean - 0.5) > allowed:
            leaks.append(f"{name} (outside 0.5 +- {allowed:.4f})")
    if asked.check and leaks:
        sys.exit("; ".join(leaks))


if __name__ == "__main__":
    main()
