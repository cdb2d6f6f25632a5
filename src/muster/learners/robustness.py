"""Does a model hold where the data differ? The least-studied genes, and every centre, held out in turn.

Another split is another vector of folds: the genes held out become a fold of their own behind the folds of families,
so that a training gene's features still come from the labels of other families. Relatives of the held-out genes count
as untested: they neither teach nor give features. The baselines are asked the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster import lake
from muster.learners.baselines import BASELINES, Baselines, baseline_scores
from muster.learners.boosting import in_parallel
from muster.learners.evidence import Walker, gather
from muster.learners.labels import CALLED, TESTED, UNTESTED
from muster.learners.metrics import Floats, interval, mean_over
from muster.learners.term_fit import Cohort, held_out_scores, judge
from muster.learners.term_table import TermTable

Mask = NDArray[np.bool_]
Judged = dict[str, Floats]

STUDY_BIAS, BY_CENTRE = "study_bias", "by_centre"
METRICS = ("auroc", "log2_auprc_over_prior")

#: One in so many terms is asked at most.
SHARE = 4

#: Genes of each state that a held-out part needs of a term, and that a training part needs too.
FEWEST = 10


@dataclass(frozen=True)
class Bench:
    """What every split is tried on."""

    cohort: Cohort
    terms: TermTable
    walker: Walker
    baselines: Baselines
    families: NDArray[np.object_]
    """of each gene"""


@dataclass(frozen=True)
class Robustness:
    """What the splits found."""

    metrics: dict[str, Any]
    """`study_bias` and `by_centre` of the manifest"""
    by_term: Mapping[str, Mapping[str, float]]
    """term -> columns of the table of terms"""


def robustness(bench: Bench, release: str, count: int) -> Robustness:
    """Try both kinds of split on `count` terms; where no centre is known, say so."""
    places = spread(bench.terms, count)
    if not places:
        return Robustness({}, {})
    least = least_published(bench.baselines.publications, bench.terms.states)
    study_bias = judge_split(bench, places, least)
    centres = genes_of_centres(release, bench.terms.gene_ids)
    by_centre = {centre: judge_split(bench, places, is_held) for centre, is_held in centres.items()}
    metrics = {
        STUDY_BIAS: {"genes": int(least.sum()), **_figures(list(study_bias.values()))},
        BY_CENTRE: _centre_figures(by_centre, centres) if centres else {"why": f"release {release} names no centre"},
    }
    judged = {STUDY_BIAS: [study_bias], BY_CENTRE: list(by_centre.values())}
    return Robustness(metrics, {bench.terms.ids[place]: _columns(bench.terms.ids[place], judged) for place in places})


def spread(terms: TermTable, count: int) -> list[int]:
    """Return places of up to `count` terms with labels of their own, evenly spread over the order of terms.

    They are at most a quarter of all: each is fitted once for the least studied and once a centre, beside the six
    fits that every term has, and a small release has as many centres as a large one.
    """
    places = sorted(terms.keys.values())
    chosen = np.linspace(0, len(places) - 1, min(count, -(-len(places) // SHARE))).round().astype(int)
    return [places[number] for number in chosen]


def least_published(publications: NDArray[np.float32], states: NDArray[np.int8]) -> Mask:
    """Return the third of the tested genes of which the least is published; ties go by the order of genes."""
    tested = np.flatnonzero((states != UNTESTED).any(axis=1))
    is_least = np.zeros(len(states), np.bool_)
    is_least[tested[np.argsort(publications[tested], kind="stable")][: len(tested) // 3]] = True
    return is_least


def genes_of_centres(release: str, gene_ids: list[str]) -> dict[str, Mask]:
    """Return by centre its genes. One of several centres is held out with each, so it never stands on both sides."""
    centres = dict(lake.read(release, "genes", "gene_id, centres").fetchall())
    known = sorted({centre for gene in gene_ids for centre in centres[gene] or []})
    return {centre: np.array([centre in (centres[gene] or []) for gene in gene_ids]) for centre in known}


def judge_split(bench: Bench, places: Sequence[int], is_held: Mask) -> dict[str, Judged]:
    """Fit terms without the families of the held-out genes; return by term `model.auroc`, `degree.auroc` ... on those.

    A term with too few called or tested genes on either side is left out.
    """
    terms, cohort = bench.terms, bench.cohort
    is_relative = np.isin(bench.families, bench.families[is_held]) & ~is_held
    known = np.where(is_relative[:, None], UNTESTED, terms.states).astype(np.int8)
    chosen = [place for place in places if _is_enough(known[:, place], is_held)]
    if not chosen:
        return {}
    fold = np.where(is_held, cohort.folds, cohort.fold).astype(np.int32)
    split = replace(cohort, fold=fold, folds=cohort.folds + 1)
    states, weights, held = known[:, chosen], terms.weights[:, chosen], [cohort.folds]
    evidences = gather(bench.walker, states, fold, split.folds)

    def fitted(term: int) -> NDArray[np.float32]:
        return held_out_scores(split, states[:, term], evidences[term], weights[:, term], held)

    scores = in_parallel(fitted, range(len(chosen)))
    rivals = baseline_scores(bench.baselines, states, fold, split.folds, held)
    asked = np.where(is_held[:, None], states, UNTESTED).astype(np.int8)
    found: dict[str, Judged] = {}
    for term, place in enumerate(chosen):
        found[terms.ids[place]] = {}
        for name, scored in {"model": scores[term], **rivals[term]}.items():
            found[terms.ids[place]] |= judge(split, asked[:, term], weights[:, term], scored, name)
    return found


def _is_enough(states: NDArray[np.int8], is_held: Mask) -> bool:
    return all((states[side] == state).sum() >= FEWEST for side in (is_held, ~is_held) for state in (CALLED, TESTED))


def _figures(judged: list[Judged]) -> dict[str, Any]:
    """Return the mean over terms of the model and of each baseline, and the model's lead over it, with intervals."""
    if not judged:
        return {"terms": 0}
    means = {name: mean_over([figures[name] for figures in judged]) for name in judged[0]}
    told = {
        name: {metric: interval(means[f"{name}.{metric}"], metric) for metric in METRICS}
        for name in ("model", *BASELINES)
    }
    for name in BASELINES:
        told[name]["auroc_lead"] = interval(means["model.auroc"] - means[f"{name}.auroc"])
    return {"terms": len(judged), "model": told.pop("model"), "baselines": told}


def _centre_figures(by_centre: Mapping[str, Mapping[str, Judged]], centres: Mapping[str, Mask]) -> dict[str, Any]:
    """Return the figures of each centre, and over all pairs of a centre and a term."""
    told = {
        centre: {"genes": int(centres[centre].sum()), **_figures(list(judged.values()))}
        for centre, judged in by_centre.items()
    }
    return {"centres": told, **_figures([figures for judged in by_centre.values() for figures in judged.values()])}


def _columns(term: str, judged: Mapping[str, list[dict[str, Judged]]]) -> dict[str, float]:
    """Return for each kind of split the mean AUROC of the model and of each baseline; NaN where none could judge."""
    columns = {}
    for kind, parts in judged.items():
        found = [part[term] for part in parts if term in part]
        for name in ("model", *BASELINES):
            values = [float(figures[f"{name}.auroc"][0]) for figures in found]
            column = f"{kind}_auroc" if name == "model" else f"{kind}_{name}_auroc"
            columns[column] = round(float(np.mean(values)), 4) if values else float("nan")
    return columns
