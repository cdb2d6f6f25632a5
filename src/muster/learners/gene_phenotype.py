"""Which untested genes will show an MP term? One booster a term, on paths to the genes that do."""

import hashlib
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from muster.graph.knowledge import read_graph
from muster.learners.boosting import contributions, in_parallel
from muster.learners.evidence import Evidence, Walker, gather, make_walker
from muster.learners.explanations import chosen_genes, explain_term
from muster.learners.feature_matrix import FeatureMatrix, feature_matrix
from muster.learners.features import training_table
from muster.learners.fitted import Fitted
from muster.learners.labels import UNTESTED, families
from muster.learners.metrics import Floats, draws
from muster.learners.neighbourhood import Neighbourhood, make_neighbourhood
from muster.learners.term_files import is_kept, keep
from muster.learners.term_fit import Cohort, fit_term, held_out_scores, judge
from muster.learners.term_lists import write_lists
from muster.learners.term_reports import write_reports
from muster.learners.term_table import TermTable, read_terms
from muster.settings import settings
from muster.specs import ModelSpec

logger = logging.getLogger(__name__)

BATCH = 16


class Recipe(BaseModel, extra="forbid", frozen=True):
    """What the spec says about the fit."""

    min_positives: int
    shuffled_terms: int
    metapaths: list[str]
    rounds: int
    booster: dict[str, Any]


@dataclass(frozen=True)
class Study:
    """Everything the fits of one release share."""

    terms: TermTable
    cohort: Cohort
    names: list[str]
    """of the feature columns"""
    walker: Walker
    near: Neighbourhood
    device: str
    work: Path


def fit_and_evaluate(spec: ModelSpec, release: str, target: Path, *, device: str) -> Fitted:
    """Fit a booster for every term with enough called genes, judge each on held-out gene families, write all files.

    Fitted terms are kept beside the registry until the model is complete, so that a killed fit goes on.
    """
    recipe = Recipe.model_validate(spec.params)
    table = training_table(spec.features or spec.name, release)
    terms = read_terms(release, table, fewest=recipe.min_positives)
    features = feature_matrix(table)
    graph = read_graph(release)
    walker = make_walker(graph, recipe.metapaths)
    study = Study(
        terms=terms,
        cohort=_cohort(spec, recipe, release, features, table["fold"].to_numpy(np.int32), device),
        names=[*walker.names, *features.names],
        walker=walker,
        near=make_neighbourhood(walker, features),
        device=device,
        work=settings().workspace / "training" / spec.name / target.with_suffix("").name,
    )
    study.work.mkdir(parents=True, exist_ok=True)
    _fit_missing(study)
    metrics = write_reports(target, study.work, terms, _shuffled(study, recipe.shuffled_terms, spec.split.seed))
    write_lists(target, release, study.names, features)
    tested = int((terms.states != UNTESTED).any(axis=1).sum())
    metrics["held_out"] = {"by": spec.split.by, "n": tested, "folds": spec.split.folds, **metrics["held_out"]}
    return Fitted(metrics, tested, _sha256(terms, features, study.cohort.fold))


def _cohort(
    spec: ModelSpec, recipe: Recipe, release: str, features: FeatureMatrix, fold: NDArray[np.int32], device: str
) -> Cohort:
    degree = features.values[:, features.names.index("interaction_degree")]
    return Cohort(
        static=features.values,
        degree=np.nan_to_num(degree).astype(np.float64),
        fold=fold,
        folds=spec.split.folds,
        draws=draws(families(release), seed=spec.split.seed),
        params={"objective": "binary:logistic", "seed": spec.split.seed, "device": device, **recipe.booster},
        rounds=recipe.rounds,
    )


def _fit_missing(study: Study) -> None:
    """Fit every term that is not kept yet, a batch at a time, telling how far it is."""
    keys = study.terms.keys
    start, done = time.monotonic(), 0
    missing = sum(not is_kept(study.work, key) for key in keys)
    logger.info("%d terms in %d label sets, %d to fit on %s", len(study.terms.ids), len(keys), missing, study.device)
    for batch in _batches(list(keys)):
        if all(is_kept(study.work, key) for key in batch):
            continue
        # The whole batch is walked even if a part is kept, so that a resumed fit computes what the first one did.
        states = study.terms.states[:, [keys[key] for key in batch]]
        evidences = gather(study.walker, states, study.cohort.fold, study.cohort.folds)
        todo = [(key, states[:, n], evidences[n]) for n, key in enumerate(batch) if not is_kept(study.work, key)]
        in_parallel(lambda task: _fit_one(study, *task), todo, study.device)
        done += len(todo)
        pace = (time.monotonic() - start) / done
        left = (missing - done) * pace
        logger.info("terms %d/%d: %.1f s a term, about %.0f s left", done, missing, pace, left)


def _batches(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def _fit_one(study: Study, key: str, states: NDArray[np.int8], evidence: Evidence) -> None:
    fitted = fit_term(study.cohort, states, evidence)
    best = chosen_genes(study.near, fitted.scores, states)
    genes = np.flatnonzero(states == UNTESTED)[best]
    added = contributions(fitted.booster, fitted.untested_features[best])
    keep(study.work, key, fitted, explain_term(study.near, study.names, states, genes, added))


def _shuffled(study: Study, count: int, seed: int) -> dict[str, Floats]:
    """Return, by term, the held-out AUROC of the same fit on shuffled labels: 0.5 if nothing leaks."""
    terms = study.terms
    chosen = np.unique(np.linspace(0, len(terms.ids) - 1, min(count, len(terms.ids))).round().astype(int))
    states = terms.states[:, chosen].copy()
    generator = np.random.default_rng(seed)
    for column in range(states.shape[1]):
        tested = np.flatnonzero(states[:, column] != UNTESTED)
        states[tested, column] = generator.permutation(states[tested, column])
    found: dict[str, Floats] = {}
    for place in range(0, len(chosen), BATCH):
        columns = range(place, min(place + BATCH, len(chosen)))
        evidences = gather(study.walker, states[:, columns], study.cohort.fold, study.cohort.folds)
        tasks = [(states[:, column], evidence) for column, evidence in zip(columns, evidences, strict=True)]
        aurocs = in_parallel(lambda task: _null_auroc(study.cohort, *task), tasks, study.device)
        found |= {terms.ids[chosen[column]]: auroc for column, auroc in zip(columns, aurocs, strict=True)}
    return found


def _null_auroc(cohort: Cohort, states: NDArray[np.int8], evidence: Evidence) -> Floats:
    return judge(cohort, states, held_out_scores(cohort, states, evidence), "null")["null.auroc"]


def _sha256(terms: TermTable, features: FeatureMatrix, fold: NDArray[np.int32]) -> str:
    digest = hashlib.sha256("\n".join([*terms.gene_ids, *terms.ids, *features.names]).encode())
    for array in (features.values, terms.states, fold):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
