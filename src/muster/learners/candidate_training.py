"""Sets to learn from and to be judged by, the rows of the fit, and the boosters of each fold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xgboost
from numpy.typing import NDArray
from pydantic import BaseModel

from muster.graph.knowledge import KnowledgeGraph
from muster.lake import SkippedError
from muster.learners import boosting
from muster.learners.candidate_features import set_features
from muster.learners.candidate_graph import CandidateGraph
from muster.learners.gene_sets import (
    NEXT,
    Genes,
    GeneSet,
    batches,
    choose,
    draw,
    fold_of,
    group_sets,
    hide,
    next_by_degree,
    order_by_degree,
    read_sets,
)

Columns = dict[str, NDArray[np.float32]]

BATCH = 8
FEWEST_GROUPS = 10


class Sets(BaseModel, extra="forbid", frozen=True):
    """Which pathways are sets to learn from."""

    smallest: int
    largest: int
    per_group: int
    """Sets of one group that are used at most."""
    hidden_share: float


class Recipe(BaseModel, extra="forbid", frozen=True):
    """What the spec says about the fit."""

    sets: Sets
    negatives: int
    """Genes outside a set that stand for all others in the fit."""
    random_sets: int
    """Random sets of genes of the same degrees: the null control."""
    metapaths: list[str]
    dimensions: int
    rounds: int
    booster: dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """One row a gene of a set: its numbers, whether it was hidden, and the number of the set."""

    names: list[str]
    values: NDArray[np.float32]
    labels: NDArray[np.bool_]
    of_set: NDArray[np.int64]


def pathway_sets(release: str, graph: KnowledgeGraph, wanted: Sets, *, seed: int) -> list[GeneSet]:
    """Return the pathways to learn from, some genes of each hidden.

    Raises:
        SkippedError: the release has too few.
    """
    pathways = graph.memberships.get("reactome")
    found = read_sets(pathways, smallest=wanted.smallest, largest=wanted.largest) if pathways else {}
    groups = group_sets(found, len(graph.gene_ids)) if found else {}
    unlike = len(set(groups.values()))
    if not graph.interactions or unlike < FEWEST_GROUPS or pathways is None:
        networks = ", ".join(graph.interactions) or "no interactions"
        raise SkippedError(
            f"release {release}: a model of gene sets needs interactions and {FEWEST_GROUPS} unlike Reactome pathways "
            f"of {wanted.smallest} to {wanted.largest} genes; it has {networks} and {unlike} of them"
        )
    names = dict(zip(pathways.node_ids, pathways.node_names, strict=True))
    return [
        _hidden(GeneSet(name, names[name], groups[name], found[name], found[name][:0]), graph, wanted, seed)
        for name in choose(groups, wanted.per_group, seed=seed)
    ]


def random_sets(like: Sequence[GeneSet], graph: KnowledgeGraph, wanted: Sets, *, seed: int) -> list[GeneSet]:
    """Return a random set for each of these: as many genes, each with about the degree of one of the set's."""
    by_degree = order_by_degree(np.asarray(graph.partners.sum(axis=1)))
    place = np.argsort(by_degree)
    found = []
    for gene_set in like:
        chance = np.random.default_rng(draw(f"{seed}:{gene_set.set_id}"))
        genes = np.concatenate([gene_set.shown, gene_set.hidden])
        # Not from the very ends: a gene there has none beside it to be exchanged with.
        middle = np.clip(place[genes], NEXT // 2, len(place) - 1 - NEXT // 2)
        drawn = np.unique([chance.choice(next_by_degree(by_degree, at)) for at in middle.tolist()])
        name = f"random {gene_set.set_id}"
        found.append(_hidden(GeneSet(name, name, name, drawn, drawn[:0]), graph, wanted, seed))
    return found


def _hidden(gene_set: GeneSet, graph: KnowledgeGraph, wanted: Sets, seed: int) -> GeneSet:
    shown, hidden = hide(gene_set.set_id, gene_set.shown, graph.gene_ids, share=wanted.hidden_share, seed=seed)
    return GeneSet(gene_set.set_id, gene_set.name, gene_set.group, shown, hidden)


def folds_of(sets: Sequence[GeneSet], *, folds: int, seed: int) -> NDArray[np.int64]:
    """Return the fold of each set: that of its group."""
    return np.array([fold_of(gene_set.group, folds=folds, seed=seed) for gene_set in sets], dtype=np.int64)


def training_rows(graph: CandidateGraph, sets: Sequence[GeneSet], negatives: int, *, seed: int) -> Rows:
    """Return the hidden genes of every set and as many others as asked, with their numbers."""
    parts: list[tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.int64]]] = []
    names: list[str] = []
    # A batch is one chain of sparse products; the memory of the machine does not grow with the number of sets.
    for batch in batches(sets, BATCH):
        asked = set_features(graph, [gene_set.shown for gene_set in batch])
        names = asked[0][0]
        for gene_set, (_, values) in zip(batch, asked, strict=True):
            genes = np.concatenate([gene_set.hidden, outsiders(gene_set, len(values), negatives, seed)])
            labels = np.arange(len(genes)) < len(gene_set.hidden)
            parts.append((values[genes], labels, np.full(len(genes), len(parts))))
    values, labels, of_set = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Rows(names, values, labels, of_set)


def fit_folds(rows: Rows, fold: NDArray[np.int64], folds: int, recipe: Recipe, device: str) -> list[xgboost.Booster]:
    """Return for each fold a booster that saw no set of it, and last one that saw all."""

    def fit(held: int) -> xgboost.Booster:
        seen = fold[rows.of_set] != held
        params = {"objective": "binary:logistic", "seed": 0, "device": device, **recipe.booster}
        return boosting.fit(rows.values[seen], rows.labels[seen], params, recipe.rounds)

    return boosting.in_parallel(fit, range(folds + 1))


def score_sets(
    graph: CandidateGraph, sets: Sequence[GeneSet], boosters: Sequence[xgboost.Booster]
) -> Iterator[tuple[GeneSet, Columns]]:
    """Yield each set with the numbers of all genes by name, and as `score` what the set's booster says of them."""
    for start, batch in zip(range(0, len(sets), BATCH), batches(sets, BATCH), strict=True):
        asked = set_features(graph, [gene_set.shown for gene_set in batch])
        for number, (names, values) in enumerate(asked):
            score = boosting.predict(boosters[start + number], values)
            yield batch[number], {**dict(zip(names, values.T, strict=True)), "score": score}


def outsiders(gene_set: GeneSet, genes: int, count: int, seed: int) -> Genes:
    """Return so many genes that are not in the set, drawn by its name."""
    known = np.concatenate([gene_set.shown, gene_set.hidden])
    rest = np.setdiff1d(np.arange(genes), known, assume_unique=True)
    chance = np.random.default_rng(draw(f"{seed}:{gene_set.set_id}:others"))
    return np.sort(chance.choice(rest, min(count, len(rest)), replace=False)).astype(np.int64)
