"""One booster a term: threads of a CPU against each other and against CUDA, and ways to quantise the matrix.

A term has 20,000 genes, 500 columns that all terms share and 200 sparse metapath columns of its own, and takes 100
rounds of depth 6. It is judged in five folds, so it is fitted six times; seconds of one fit and of all six are printed.
The ways to quantise give the same trees up to the place of the cuts, so their AUROC on genes left out is printed too.
Where a GPU can be used, the same matrix is fitted there, then 20,000 genes x 20,000 sparse columns on all cores and on
the GPU, then terms one by one and a few side by side. The time of all terms is told from these: fits take turns on the
GPU while the cores judge, as in the learner. It leaves out what else the learner does with a term: walking the paths,
its baselines' scores, SHAP and the paths of its reasons.

The least a round can cost is to read the bin of every gene and column once a level, the smaller child only below the
root (the other one is what is left): bytes over the bandwidth of a plain copy. How far off a fit is, is printed.

    python benchmarks/boosting.py --check
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import xgboost
from numpy.typing import NDArray
from scipy import sparse
from sklearn.metrics import roc_auc_score

from muster.learners.boosting import predict
from muster.learners.device import resolve_device
from muster.learners.metrics import draws, ranking_metrics

GENES, SHARED, METAPATHS = 20_000, 500, 200
DENSITY = 0.1
"""Share of genes that a metapath column knows something about."""
WIDE, WIDE_DENSITY = 20_000, 0.01
ROUNDS, DEPTH, BINS = 100, 6, 64
COMPARED = 3
FITS = 6
"""Of a term: five folds and the final booster."""
SCORERS = 6
"""The model and five baselines."""
TERM_SECONDS, GPU_FACTOR, ALL_TERMS, ALL_SECONDS = 30.0, 9.0, 300, 900.0
GPU_TERMS = 12

Matrix = NDArray[np.float32]
Data = xgboost.DMatrix


@dataclass(frozen=True)
class Term:
    """What one term brings: its own columns and its labels."""

    metapaths: sparse.csr_array
    labels: NDArray[np.float32]


def make_shared(*, seed: int) -> Matrix:
    """Return the columns that every term has."""
    return np.random.default_rng(seed).normal(size=(GENES, SHARED)).astype(np.float32)


def make_term(shared: Matrix, *, seed: int) -> Term:
    """Return sparse columns and labels (5 % positive) that twenty columns of either kind have to do with."""
    chance = np.random.default_rng(seed)
    paths = sparse.random_array((GENES, METAPATHS), density=DENSITY, rng=chance, data_sampler=chance.lognormal)
    signal = shared[:, chance.choice(SHARED, 20, replace=False)].sum(axis=1)
    signal = signal + paths.tocsc()[:, chance.choice(METAPATHS, 20, replace=False)].sum(axis=1)
    noisy = signal + chance.normal(0, 2 * signal.std(), GENES)
    return Term(paths.tocsr().astype(np.float32), (noisy > np.quantile(noisy, 0.95)).astype(np.float32))


def dense(shared: Matrix, term: Term) -> Matrix:
    """Return all columns; no path is a zero, as in the learner."""
    return np.hstack([shared, term.metapaths.toarray()])


def make_ruler(shared: Matrix) -> Data:
    """Return the cuts that all fits share, from a term that none of them is about."""
    return xgboost.QuantileDMatrix(dense(shared, make_term(shared, seed=99)), max_bin=BINS, nthread=1)


def params(device: str, threads: int) -> dict[str, Any]:
    """Return what every fit is told."""
    told = {"objective": "binary:logistic", "tree_method": "hist", "max_depth": DEPTH, "max_bin": BINS, "eta": 0.1}
    return {**told, "device": device, "nthread": threads, "seed": 17, "verbosity": 0}


def fit(data: Data, device: str, threads: int) -> xgboost.Booster:
    """Return a booster."""
    return xgboost.train(params(device, threads), data, ROUNDS)


def timed(work: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> tuple[float, Any]:
    """Return the seconds and the result."""
    start = clock()
    result = work()
    return clock() - start, result


def ways(shared: Matrix, term: Term, ruler: Data) -> dict[str, Callable[[], Data]]:
    """Return what makes the matrix of one fit, by name."""
    columns = dense(shared, term)

    def as_sparse() -> sparse.csr_matrix:
        return sparse.hstack([sparse.csr_array(shared), term.metapaths], format="csr")

    quantile = {"nthread": 1, "max_bin": BINS}
    return {
        "DMatrix, cuts a fit": lambda: Data(columns, term.labels, nthread=1),
        "QuantileDMatrix, cuts a fit": lambda: xgboost.QuantileDMatrix(columns, term.labels, **quantile),
        "QuantileDMatrix, shared cuts": lambda: xgboost.QuantileDMatrix(columns, term.labels, ref=ruler, **quantile),
        "the same from a sparse matrix": lambda: xgboost.QuantileDMatrix(as_sparse(), term.labels, **quantile),
    }


def quantised(shared: Matrix) -> None:
    """Print each way to quantise in one thread: CPU seconds to build, to train, and the AUROC on genes left out."""
    held = np.arange(GENES) % 5 == 0
    ruler = make_ruler(shared)
    found: dict[str, list[tuple[float, float, float]]] = {}
    for term in (make_term(shared, seed=seed) for seed in range(1, COMPARED + 1)):
        kept = Term(term.metapaths[~held], term.labels[~held])
        asked = dense(shared[held], Term(term.metapaths[held], term.labels[held]))
        for name, build in ways(shared[~held], kept, ruler).items():
            built, data = timed(build, time.process_time)
            trained, booster = timed(lambda data=data: fit(data, "cpu", 1), time.process_time)
            # What a sparse matrix leaves out is missing, not zero.
            features = np.where(asked == 0, np.nan, asked) if "sparse" in name else asked
            auroc = float(roc_auc_score(term.labels[held], predict(booster, features)))
            found.setdefault(name, []).append((built, trained, auroc))
    print(f"one fit in one thread, mean of {COMPARED} terms    build s | train s | AUROC held out", flush=True)
    for name, runs in found.items():
        built, trained, auroc = np.mean(runs, axis=0)
        print(f"  {name:34} {built:10.2f} | {trained:7.2f} | {auroc:.4f}", flush=True)


def set_labels(shared: Matrix) -> None:
    """Print what sharing the whole matrix saves where terms have no columns of their own."""
    labels = [make_term(shared, seed=seed).labels for seed in (1, 2)]
    whole, data = timed(lambda: xgboost.QuantileDMatrix(shared, labels[0], max_bin=BINS, nthread=1), time.process_time)
    seconds = []
    for each in labels:
        data.set_label(each)
        seconds.append(timed(lambda: fit(data, "cpu", 1), time.process_time)[0])
    told = f"matrix once {whole:.2f} s, then set_label and {np.mean(seconds):.2f} s a fit"
    print(f"without columns of a term ({SHARED} shared ones): {told}", flush=True)


def side_by_side(shared: Matrix, device: str, threads: int, workers: int, terms: int) -> float:
    """Return the seconds a term takes where `workers` fits run at a time, each in `threads` threads, cuts shared."""
    term = make_term(shared, seed=1)
    columns, ruler = dense(shared, term), make_ruler(shared)

    def once(_: int) -> None:
        data = xgboost.QuantileDMatrix(columns, term.labels, ref=ruler, max_bin=BINS, nthread=threads)
        fit(data, device, threads)

    def all_of_them() -> None:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(once, range(FITS * terms)))

    return timed(all_of_them)[0] / terms


def copy_bandwidth(threads: int) -> float:
    """Return bytes a second, read and written, of copies in so many threads, each far larger than any cache."""
    size = 1 << 28
    pairs = [(np.ones(size // threads, np.uint8), np.empty(size // threads, np.uint8)) for _ in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda pair: np.copyto(pair[1], pair[0]), pairs))
        seconds = min(timed(lambda: list(pool.map(lambda pair: np.copyto(pair[1], pair[0]), pairs)))[0] for _ in "abc")
    return 2 * size / seconds


def least_bytes(columns: int) -> float:
    """Return what a fit reads at least: a byte a bin, and gradient and hessian (4 bytes each) a gene and level."""
    levels = 1 + (DEPTH - 1) / 2
    return ROUNDS * levels * GENES * (columns + 8.0)


def limit(seconds: float, threads: int) -> None:
    """Print how far a fit is from reading its bins and nothing else."""
    columns, bandwidth = SHARED + METAPATHS, copy_bandwidth(threads)
    least, updates = least_bytes(columns), least_bytes(columns) / (columns + 8) * columns
    told = (
        f"{least / 1e9:.1f} GB at {bandwidth / 1e9:.1f} GB/s (copy, {threads} threads) take {least / bandwidth:.2f} s"
    )
    print(f"memory bandwidth: {told}; the fit is {seconds * bandwidth / least:.1f} times that", flush=True)
    print(f"  it adds {updates / seconds / 1e9:.2f} G gradients a second to histograms, each in cache", flush=True)


def on_cpu(shared: Matrix) -> list[str]:
    """Print seconds by number of threads and return what was missed."""
    cores = len(os.sched_getaffinity(0))
    counts = sorted({1, *(1 << power for power in range(1, cores.bit_length()) if 1 << power <= cores), cores})
    term = make_term(shared, seed=1)
    data = xgboost.QuantileDMatrix(dense(shared, term), term.labels, max_bin=BINS)
    seconds = {threads: timed(lambda threads=threads: fit(data, "cpu", threads))[0] for threads in counts}
    print("threads of one fit, matrix ready: " + ", ".join(f"{n}: {s:.2f} s" for n, s in seconds.items()), flush=True)
    pair = min(2, cores)
    limit(seconds[pair], pair)
    told = {
        "one fit at a time in two threads": side_by_side(shared, "cpu", pair, 1, 1),
        "two fits side by side, a thread each": side_by_side(shared, "cpu", 1, pair, 1),
    }
    for name, found in told.items():
        print(
            f"a term ({FITS} fits, matrices included), {name}: {found:.1f} s; target <= {TERM_SECONDS:g} s", flush=True
        )
    best = min(told.values())
    return [f"{best:.1f} s a term"] if best > TERM_SECONDS else []


def judging(labels: NDArray[np.float32]) -> float:
    """Return the CPU seconds that the metrics of a term take, with intervals, for the model and its baselines."""
    chance = np.random.default_rng(11)
    weights, fold = draws(np.arange(GENES) // 2, seed=1), chance.integers(0, FITS - 1, GENES)
    scores = chance.random(GENES)
    return SCORERS * timed(lambda: ranking_metrics(labels > 0, scores, weights, fold), time.process_time)[0]


def on_gpu(shared: Matrix) -> list[str]:
    """Print the GPU's seconds beside those of all cores and return what was missed."""
    if resolve_device("xgboost") != "cuda":
        print("CUDA: left out, no GPU here")
        return []
    term, cores = make_term(shared, seed=1), len(os.sched_getaffinity(0))
    missed = []
    chance = np.random.default_rng(7)
    wide = sparse.random_array((GENES, WIDE), density=WIDE_DENSITY, rng=chance, dtype=np.float32, format="csr")
    for name, columns in (("a term", dense(shared, term)), (f"{WIDE:,} sparse columns", sparse.csr_matrix(wide))):
        data = xgboost.QuantileDMatrix(columns, term.labels, max_bin=BINS)
        fit(data, "cuda", 1)
        cpu, gpu = (timed(lambda on=on, data=data: fit(data, on, cores))[0] for on in ("cpu", "cuda"))
        print(f"{name}: {cpu:.2f} s on {cores} cores, {gpu:.2f} s with CUDA, {cpu / gpu:.1f} times", flush=True)
        if columns.shape[1] == WIDE and cpu / gpu < GPU_FACTOR:
            missed.append(f"CUDA is {cpu / gpu:.1f} times {cores} cores")
    terms = {workers: side_by_side(shared, "cuda", 1, workers, GPU_TERMS) for workers in (1, 2, 4)}
    print("CUDA, fits at a time: " + ", ".join(f"{n}: {s:.2f} s a term" for n, s in terms.items()), flush=True)
    judged = judging(term.labels)
    found = (min(terms.values()) + judged / cores) * ALL_TERMS
    told = f"{ALL_TERMS} terms, from {GPU_TERMS}, each judged beside its baselines ({judged:.2f} s on one core)"
    print(f"{told}: {found:.0f} s; target < {ALL_SECONDS:g} s", flush=True)
    print("  left out: walks, scores of the baselines, SHAP, paths of the reasons", flush=True)
    return [*missed, f"{found:.0f} s for all terms"] if found > ALL_SECONDS else missed


def main() -> None:
    """Run all parts and print what was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    options = parser.parse_args()
    shared = make_shared(seed=3)
    told = f"{ROUNDS} rounds, depth {DEPTH}, {BINS} bins"
    print(f"{GENES:,} genes x ({SHARED} shared + {METAPATHS} metapath columns), {told}", flush=True)
    busy, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    print(f"{cores} cores, load {busy:.1f} before the start; CPU seconds where one thread is measured", flush=True)
    quantised(shared)
    set_labels(shared)
    missed = on_cpu(shared) + on_gpu(shared)
    print("missed: " + ("; ".join(missed) or "nothing"))
    sys.exit(1 if options.check and missed else 0)


if __name__ == "__main__":
    main()
