"""Rank all genes by how likely they belong to a set that somebody asks about, and say why."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xgboost
from numpy.typing import NDArray

from muster.learners import boosting
from muster.learners.candidate_calibration import Curve, probability
from muster.learners.candidate_features import set_features
from muster.learners.candidate_files import GeneTable, load_genes, load_graph
from muster.learners.candidate_graph import CandidateGraph
from muster.learners.candidate_reasons import Question, reasons
from muster.learners.gene_sets import Genes


@dataclass(frozen=True)
class CandidateModel:
    """A model folder in memory."""

    genes: GeneTable
    graph: CandidateGraph
    booster: xgboost.Booster
    names: list[str]
    curve: Curve


@dataclass(frozen=True)
class Candidate:
    """One gene that may belong to the set."""

    place: int
    """in the table of genes"""
    rank: int
    """1 = likeliest of all genes outside the set, tested or not"""
    score: float
    probability: float
    """share of hidden members among genes of held-out pathways with such a score"""
    reasons: list[str]


class OtherFeaturesError(RuntimeError):
    """The code computes other numbers than the model learned from."""


def read_model(folder: Path) -> CandidateModel:
    """Return the model of a folder."""
    described = json.loads((folder / "features.json").read_text())
    genes = load_genes(folder)
    booster = xgboost.Booster(model_file=folder / "model.ubj")
    booster.set_param({"device": "cpu", "nthread": 1})
    graph = load_graph(folder, genes, described["metapaths"])
    return CandidateModel(genes, graph, booster, described["names"], described["calibration"])


def rank(model: CandidateModel, members: Genes, *, limit: int, untested_only: bool = False) -> list[Candidate]:
    """Return the genes outside the set that most likely belong to it, likeliest first, with reasons.

    Raises:
        OtherFeaturesError: the model was trained by other code.
    """
    ((names, values),) = set_features(model.graph, [members])
    if names != model.names:
        raise OtherFeaturesError("the model learned from other features than this code computes: train it again")
    scores = boosting.predict(model.booster, values)
    order = np.argsort(-scores, kind="stable")
    order = order[~np.isin(order, members)]
    ranks = np.arange(1, len(order) + 1)
    wanted = ~np.array(model.genes.is_tested)[order] if untested_only else np.ones(len(order), dtype=bool)
    listed, ranks = order[wanted][:limit], ranks[wanted][:limit]
    return _told(model, Question(members, names, values), scores, listed, ranks)


def _told(
    model: CandidateModel,
    question: Question,
    scores: NDArray[np.float32],
    listed: Genes,
    ranks: NDArray[np.int64],
) -> list[Candidate]:
    if not len(listed):
        return []
    chances = probability(model.curve, scores[listed])
    added = boosting.contributions(model.booster, question.values[listed])
    return [
        Candidate(
            int(gene),
            int(ranks[at]),
            float(scores[gene]),
            float(chances[at]),
            reasons(model.graph, question, int(gene), added[at]),
        )
        for at, gene in enumerate(listed)
    ]
