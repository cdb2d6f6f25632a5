"""Given a set of genes, which others belong? One booster for all sets, learned from pathways with hidden genes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xgboost
from threadpoolctl import threadpool_limits

from muster import lake
from muster.graph.knowledge import read_graph, read_scores
from muster.learners.candidate_calibration import Calibration
from muster.learners.candidate_evaluation import (
    STATISTIC,
    Ground,
    by_level,
    compare,
    judge,
    make_ground,
    matched_auroc,
    summarise,
)
from muster.learners.candidate_files import read_genes, write_graph
from muster.learners.candidate_graph import CandidateGraph, make_candidate_graph, place_genes, without_pathways
from muster.learners.candidate_training import (
    Columns,
    Recipe,
    fit_folds,
    folds_of,
    pathway_sets,
    random_sets,
    score_sets,
    training_rows,
)
from muster.learners.fitted import Fitted, table_sha256
from muster.learners.gene_sets import GeneSet, draw
from muster.learners.metrics import draws, interval
from muster.specs import ModelSpec

#: What each baseline ranks genes by; where a network is missing so is its baseline.
BASELINES = {
    "random_walk": "walk in any network",
    "random_walk_string": "walk in string",
    "neighbours": "share of the set it interacts with",
    "degree": "degree",
}
#: One gene in so many is kept in the predictions to stand for those that are not hidden.
KEPT_OF = 40


@dataclass
class Judged:
    """What the held-out rankings of all sets add up to."""

    rankings: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    predictions: list[dict[str, Any]] = field(default_factory=list)
    calibration: Calibration = field(default_factory=Calibration)


def fit_and_evaluate(spec: ModelSpec, release: str, target: Path, *, device: str) -> Fitted:
    """Fit on all sets, judge by sets that no booster saw, and write all that answering needs."""
    recipe, seed = Recipe.model_validate(spec.params), spec.split.seed
    known, genes = read_graph(release), read_genes(release)
    sets = pathway_sets(release, known, recipe.sets, seed=seed)
    scores = read_scores(release, known.gene_ids)
    # One thread: the number of cores must not change the order of a sum.
    with threadpool_limits(1):
        seen = without_pathways(known, recipe.metapaths)
        place = place_genes(seen, scores, recipe.dimensions, seed=seed)
        write_graph(target, seen, scores, place, genes)
        graph = make_candidate_graph(seen, scores, recipe.metapaths, place)
        rows = training_rows(graph, sets, recipe.negatives, seed=seed)
        fold = folds_of(sets, folds=spec.split.folds, seed=seed)
        boosters = fit_folds(rows, fold, spec.split.folds, recipe, device)
        ground = make_ground(known, genes.target_levels)
        judged = _judge(graph, ground, sets, [boosters[number] for number in fold])
        nulls = _nulls(
            graph, ground, random_sets(sets[: recipe.random_sets], known, recipe.sets, seed=seed), spec, device
        )
    boosters[-1].save_model(target / "model.ubj")
    described = {"names": rows.names, "release": release, "metapaths": graph.metapaths}
    lake.write_json(target / "features.json", {**described, "calibration": judged.calibration.fitted()})
    _write_predictions(target, judged, sets, genes.gene_ids, genes.symbols)
    return Fitted(
        _metrics(spec, sets, judged, nulls),
        len(rows.labels),
        table_sha256(rows.names, rows.values, rows.labels, rows.of_set),
    )


def _judge(
    graph: CandidateGraph, ground: Ground, sets: Sequence[GeneSet], boosters: Sequence[xgboost.Booster]
) -> Judged:
    """Return how every set's hidden genes are ranked by a booster that saw nothing of its group."""
    judged = Judged()
    kept = np.array([draw(gene_id) % KEPT_OF == 0 for gene_id in graph.known.gene_ids])
    degree = graph.central[:, 0].astype(np.float32)
    for gene_set, answered in score_sets(graph, sets, boosters):
        columns = {**answered, "degree": degree}
        for name, column in {"model": "score", **BASELINES}.items():
            if column in columns:
                judged.rankings.setdefault(name, []).append(judge(ground, gene_set, columns[column]))
        judged.calibration.add(columns["score"], gene_set)
        judged.predictions.append(_predicted(gene_set, columns, kept))
    return judged


def _predicted(gene_set: GeneSet, columns: Columns, kept: np.ndarray) -> dict[str, Any]:
    score = columns["score"].copy()
    score[gene_set.shown] = -1.0
    rank = np.empty(len(score), np.int32)
    rank[np.argsort(-score, kind="stable")] = np.arange(1, len(score) + 1)
    listed = kept.copy()
    listed[gene_set.hidden], listed[gene_set.shown] = True, False
    genes = np.flatnonzero(listed)
    return {"gene": genes, "score": score[genes], "rank": rank[genes], "is_hidden": np.isin(genes, gene_set.hidden)}


def _nulls(graph: CandidateGraph, ground: Ground, sets: Sequence[GeneSet], spec: ModelSpec, device: str) -> list[float]:
    """Return the AUROC of each random set by a booster that learned from the other random sets."""
    recipe, seed, folds = Recipe.model_validate(spec.params), spec.split.seed, spec.split.folds
    fold = folds_of(sets, folds=folds, seed=seed)
    boosters = fit_folds(training_rows(graph, sets, recipe.negatives, seed=seed), fold, folds, recipe, device)
    asked = score_sets(graph, sets, [boosters[number] for number in fold])
    return [matched_auroc(ground, gene_set, columns["score"]) for gene_set, columns in asked]


def _metrics(spec: ModelSpec, sets: Sequence[GeneSet], judged: Judged, nulls: list[float]) -> dict[str, Any]:
    weights = draws(np.array([gene_set.group for gene_set in sets]), seed=spec.split.seed)
    model = judged.rankings["model"]
    baselines = {name: rows for name, rows in judged.rankings.items() if name != "model"}
    null = np.array(nulls)[~np.isnan(nulls)]
    groups = len({gene_set.group for gene_set in sets})
    return {
        "held_out": {
            "by": spec.split.by,
            "folds": spec.split.folds,
            "n": len(sets),
            "groups": groups,
            "hidden_genes": sum(len(gene_set.hidden) for gene_set in sets),
            "statistic": STATISTIC,
        },
        "model": summarise(model, weights),
        "baselines": {name: compare(model, rows, weights) for name, rows in baselines.items()},
        "by_target_level": by_level({"model": model, "random_walk": baselines["random_walk"]}, weights),
        "shuffled": {"auroc": interval(draws(np.arange(len(null)), seed=spec.split.seed) @ null / max(len(null), 1))},
    }


def _write_predictions(
    target: Path, judged: Judged, sets: Sequence[GeneSet], gene_ids: list[str], symbols: list[str]
) -> None:
    """Write the held-out scores of hidden genes and of some others, and the figures of each set."""
    counts = [len(found["gene"]) for found in judged.predictions]
    gene, score, rank, is_hidden = (
        np.concatenate([found[name] for found in judged.predictions]) for name in ("gene", "score", "rank", "is_hidden")
    )
    table = {
        "set_id": pa.array(np.repeat([gene_set.set_id for gene_set in sets], counts), pa.string()),
        "gene_id": pa.array([gene_ids[number] for number in gene], pa.string()),
        "symbol": pa.array([symbols[number] for number in gene], pa.string()),
        "score": pa.array(score, pa.float32()),
        "rank": pa.array(rank, pa.int32()),
        "is_hidden": pa.array(is_hidden),
        "is_held_out": pa.array(np.ones(len(gene), dtype=bool)),
    }
    pq.write_table(pa.table(table), target / "predictions.parquet", compression="zstd")
    figures = {name: [row[name] for row in judged.rankings["model"]] for name in judged.rankings["model"][0]}
    named = {f"{name}_auroc": [row["auroc"] for row in rows] for name, rows in judged.rankings.items()}
    described = {
        "set_id": [gene_set.set_id for gene_set in sets],
        "name": [gene_set.name for gene_set in sets],
        "group": [gene_set.group for gene_set in sets],
        "shown": [len(gene_set.shown) for gene_set in sets],
        "hidden": [len(gene_set.hidden) for gene_set in sets],
    }
    named.pop("model_auroc")
    pq.write_table(pa.table({**described, **figures, **named}), target / "sets.parquet", compression="zstd")
