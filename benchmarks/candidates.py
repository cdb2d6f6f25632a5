"""QUACK's recipe beside ours: a forest of 500 trees on its eighteen numbers; same sets, hidden genes and folds.

    muster train candidate_genes 18.0 && python benchmarks/candidates.py 18.0 [--every 4]

QUACK's forest draws without replacement, which scikit-learn's cannot; here it draws with replacement. `--every N`
judges one held-out set in N, since a forest takes half a second to score 20,000 genes.
"""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from threadpoolctl import threadpool_limits

from muster import registry
from muster.graph.knowledge import read_graph
from muster.learners.candidate_evaluation import FIGURES, Ground, compare, judge, make_ground, summarise
from muster.learners.candidate_features import QUACK, among
from muster.learners.candidate_files import load_genes, load_graph
from muster.learners.candidate_graph import CandidateGraph
from muster.learners.candidate_training import Recipe, folds_of, outsiders, pathway_sets
from muster.learners.gene_sets import GeneSet
from muster.learners.metrics import draws
from muster.specs import load_spec

TREES = 500


@dataclass(frozen=True)
class Task:
    """The sets of a release, as the model was trained on them."""

    graph: CandidateGraph
    ground: Ground
    sets: list[GeneSet]
    fold: np.ndarray
    negatives: int
    seed: int


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("release")
    options.add_argument("--every", type=int, default=4)
    asked = options.parse_args()
    version = registry.newest("candidate_genes", asked.release)
    if version is None:
        raise SystemExit(f"run `muster train candidate_genes {asked.release}` first")
    folder = registry.folder("candidate_genes", asked.release, version)
    task = read_task(asked.release, folder)
    start = time.process_time()
    with threadpool_limits(1):
        judged = judged_forests(task, asked.every)
    print(f"{len(judged)} of {len(task.sets)} sets, {time.process_time() - start:.0f} CPU seconds")
    tell(folder, judged, task.seed)


def read_task(release: str, folder: Path) -> Task:
    spec = load_spec("candidate_genes")
    recipe, seed = Recipe.model_validate(spec.params), spec.split.seed
    known, genes = read_graph(release), load_genes(folder)
    graph, ground = load_graph(folder, genes, recipe.metapaths), make_ground(known, genes.target_levels)
    sets = pathway_sets(release, known, recipe.sets, seed=seed)
    fold = folds_of(sets, folds=spec.split.folds, seed=seed)
    return Task(graph, ground, sets, fold, recipe.negatives, seed)


def judged_forests(task: Task, every: int) -> list[tuple[GeneSet, dict[str, float]]]:
    """Return the figures of a forest for one held-out set in so many."""
    tables = []
    for gene_set in task.sets:
        others = outsiders(gene_set, len(task.graph.known.gene_ids), task.negatives, task.seed)
        listed = np.concatenate([gene_set.hidden, others])
        tables.append((numbers(task.graph, gene_set)[listed], np.arange(len(listed)) < len(gene_set.hidden)))
    judged = []
    for held in np.unique(task.fold):
        seen = [table for table, of in zip(tables, task.fold, strict=True) if of != held]
        forest = RandomForestClassifier(TREES, random_state=task.seed, n_jobs=1)
        forest.fit(np.vstack([values for values, _ in seen]), np.concatenate([labels for _, labels in seen]))
        for place in np.flatnonzero(task.fold == held)[::every]:
            gene_set = task.sets[place]
            scores = forest.predict_proba(numbers(task.graph, gene_set))[:, 1]
            judged.append((gene_set, judge(task.ground, gene_set, scores)))
    return judged


def numbers(graph: CandidateGraph, gene_set: GeneSet) -> np.ndarray:
    found = among(graph, gene_set.shown)
    return np.column_stack([found[name] for name in QUACK]).astype(np.float32)


def tell(folder: Path, judged: list[tuple[GeneSet, dict[str, float]]], seed: int) -> None:
    table = pd.read_parquet(folder / "sets.parquet").set_index("set_id")
    ours = table.loc[[gene_set.set_id for gene_set, _ in judged], list(FIGURES)].to_dict("records")
    weights = draws(np.array([gene_set.group for gene_set, _ in judged]), seed=seed)
    theirs, found = compare(ours, [figures for _, figures in judged], weights), summarise(ours, weights)
    print(f"{'':24}{'this model':>26}{'random forest of QUACK':>28}")
    for name in FIGURES:
        print(f"{name:24}{told(found[name]):>26}{told(theirs[name]):>28}")
    print(f"lead in AUROC {told(theirs['auroc_lead'])}, Wilcoxon p {theirs['auroc_lead_p']}")


def told(figure: list[float]) -> str:
    return f"{figure[0]:.3f} [{figure[1]:.3f}, {figure[2]:.3f}]"


if __name__ == "__main__":
    main()
