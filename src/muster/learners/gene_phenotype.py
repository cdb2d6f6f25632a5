"""Which untested genes will show an MP term? One booster a term, on paths to the genes that do."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from threadpoolctl import threadpool_limits

from muster.graph.knowledge import read_graph
from muster.learners.baselines import Baselines, baseline_scores, make_baselines
from muster.learners.boosting import contributions, in_parallel
from muster.learners.evidence import Evidence, Walker, gather, make_walker
from muster.learners.explanations import chosen_genes, explain_term
from muster.learners.feature_matrix import FeatureMatrix, feature_matrix
from muster.learners.features import training_table
from muster.learners.fitted import Fitted, table_sha256
from muster.learners.labels import CALLED, UNTESTED, families
from muster.learners.metrics import Floats, draws
from muster.learners.neighbourhood import Neighbourhood, make_neighbourhood
from muster.learners.null_labels import null_aurocs, shuffled_labels
from muster.learners.robustness import Bench, robustness
from muster.learners.shards import Shard
from muster.learners.term_files import device_of, is_kept, keep
from muster.learners.term_fit import Cohort, fit_term, with_cuts
from muster.learners.term_lists import write_lists
from muster.learners.term_reports import write_reports
from muster.learners.term_table import TermTable, read_terms
from muster.settings import settings
from muster.specs import ModelSpec

logger = logging.getLogger(__name__)

Item = TypeVar("Item")

BATCH = 16


class Recipe(BaseModel, extra="forbid", frozen=True):
    """What the spec says about the fit."""

    min_positives: int
    shuffled_terms: int
    metapaths: list[str]
    rounds: int
    booster: dict[str, Any]
    robustness_terms: int
    """judged on the least-studied genes and by centre too"""


@dataclass(frozen=True)
class Study:
    """Everything the fits of one release share."""

    terms: TermTable
    place_of_key: dict[str, int]
    """each set of labels, and a term that has it"""
    cohort: Cohort
    names: list[str]
    """of the feature columns"""
    walker: Walker
    baselines: Baselines
    near: Neighbourhood
    families: NDArray[np.object_]
    """of each gene"""
    device: str
    work: Path

    @property
    def bench(self) -> Bench:
        """What other splits and shuffled labels are tried on."""
        return Bench(self.cohort, self.terms, self.walker, self.baselines, self.families)


def fit_and_evaluate(spec: ModelSpec, release: str, target: Path, *, device: str) -> Fitted:
    """Fit a booster for every term with enough called genes, judge each on held-out gene families, write all files.

    Fitted terms are kept beside the registry until the model is complete, so that a killed fit goes on, and so that
    what shards have fitted is not fitted again.
    """
    study, features = make_study(spec, release, target.with_suffix("").name, device)
    terms, recipe = study.terms, Recipe.model_validate(spec.params)
    _fit_missing(study, list(study.place_of_key))
    shuffled = shuffled_aurocs(study, recipe.shuffled_terms, spec.split.seed)
    metrics = write_reports(
        target, study.work, terms, shuffled, robustness(study.bench, release, recipe.robustness_terms)
    )
    write_lists(target, release, study.names, features)
    tested = int((terms.states != UNTESTED).any(axis=1).sum())
    # Shards may run on other machines than the call that writes the version.
    fitted_on = sorted({device_of(study.work, key) for key in study.place_of_key})
    split = {"by": spec.split.by, "n": tested, "folds": spec.split.folds, "fitted_on": fitted_on}
    metrics["held_out"] = {**split, **metrics["held_out"]}
    names = [*terms.gene_ids, *terms.ids, *features.names]
    sha256 = table_sha256(names, features.values, terms.states, terms.weights, study.cohort.fold)
    return Fitted(metrics, tested, sha256)


def fit_shard(spec: ModelSpec, release: str, version: str, shard: Shard, *, device: str) -> Path:
    """Fit the terms of one shard, judge each, and return the folder that keeps them for `fit_and_evaluate`."""
    study, _ = make_study(spec, release, version, device)
    _fit_missing(study, shard.of(_by_cost(study)))
    return study.work


def make_study(spec: ModelSpec, release: str, version: str, device: str) -> tuple[Study, FeatureMatrix]:
    """Return what all fits of a version share, and the features that do not depend on a label."""
    recipe = Recipe.model_validate(spec.params)
    table = training_table(spec.features or spec.name, release)
    terms = read_terms(release, table, fewest=recipe.min_positives)
    features = feature_matrix(table)
    graph = read_graph(release)
    walker = make_walker(graph, recipe.metapaths)
    relatives = families(release)
    cohort = _cohort(spec, recipe, relatives, features, table["fold"].to_numpy(np.int32), device)
    is_tested = (terms.states != UNTESTED).any(axis=1)
    study = Study(
        terms=terms,
        place_of_key=terms.keys,
        cohort=with_cuts(cohort, walker, is_tested, seed=spec.split.seed),
        names=[*walker.names, *features.names],
        walker=walker,
        baselines=make_baselines(graph, features),
        near=make_neighbourhood(walker, features),
        families=relatives,
        device=device,
        work=settings().workspace / "training" / spec.name / version,
    )
    return study, features


def _by_cost(study: Study) -> list[str]:
    """Return the sets of labels by tested and called genes, the most first: what a fit takes follows them."""
    states = study.terms.states
    tested, called = ((states != UNTESTED).sum(axis=0), (states == CALLED).sum(axis=0))
    places = study.place_of_key
    return sorted(places, key=lambda key: (-tested[places[key]], -called[places[key]], key))


def _cohort(
    spec: ModelSpec,
    recipe: Recipe,
    relatives: NDArray[np.object_],
    features: FeatureMatrix,
    fold: NDArray[np.int32],
    device: str,
) -> Cohort:
    return Cohort(
        static=features.values,
        fold=fold,
        folds=spec.split.folds,
        draws=draws(relatives, seed=spec.split.seed),
        params={"objective": "binary:logistic", "seed": spec.split.seed, "device": device, **recipe.booster},
        rounds=recipe.rounds,
    )


def _fit_missing(study: Study, keys: list[str]) -> None:
    """Fit those of the terms that are not kept yet, a batch at a time, telling how far it is.

    A term's evidence does not depend on the terms walked beside it, so neither shards nor a resumed fit change a byte.
    """
    study.work.mkdir(parents=True, exist_ok=True)
    missing = [key for key in keys if not is_kept(study.work, key)]
    told = "%d terms in %d label sets, %d of them asked, %d to fit on %s"
    logger.info(told, len(study.terms.ids), len(study.place_of_key), len(keys), len(missing), study.device)
    start, done = time.monotonic(), 0
    for batch in _batches(missing):
        states = study.terms.states[:, [study.place_of_key[key] for key in batch]]
        evidences = gather(study.walker, states, study.cohort.fold, study.cohort.folds)
        # Fits run side by side, each in one thread: the number of cores must not change the order of a sum.
        with threadpool_limits(1):
            in_parallel(lambda task: _fit_one(study, *task), zip(batch, evidences, strict=True))
        done += len(batch)
        pace = (time.monotonic() - start) / done
        left = (len(missing) - done) * pace
        logger.info("terms %d/%d: %.1f s a term, about %.0f s left", done, len(missing), pace, left)


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    for start in range(0, len(items), BATCH):
        yield list(items[start : start + BATCH])


def _fit_one(study: Study, key: str, evidence: Evidence) -> None:
    terms, cohort, place = study.terms, study.cohort, study.place_of_key[key]
    states = terms.states[:, place]
    (baselines,) = baseline_scores(study.baselines, states[:, None], cohort.fold, cohort.folds)
    fitted = fit_term(cohort, states, evidence, terms.weights[:, place], baselines)
    best = chosen_genes(study.near, fitted.scores, states)
    genes = np.flatnonzero(states == UNTESTED)[best]
    added = contributions(fitted.booster, fitted.untested_features[best])
    keep(study.work, key, fitted, explain_term(study.near, study.names, states, genes, added), study.device)


def shuffled_aurocs(study: Study, count: int, seed: int) -> dict[str, Floats]:
    """Return, by term, the held-out AUROC of the same fit on shuffled labels: 0.5 if nothing leaks.

    Called and normal change places among the genes tested for the term, each label with its weight.
    """
    nulls = shuffled_labels(study.terms, min(count, len(study.terms.ids)), seed)
    return dict(zip(nulls.ids, null_aurocs(study.bench, nulls), strict=True))
