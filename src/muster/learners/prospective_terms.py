"""How good the predictions of gene-phenotype pairs were, by what a later release found."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from muster import lake, registry
from muster.learners.labels import families, family_fold
from muster.learners.metrics import (
    TOP,
    Floats,
    calibration_error,
    draws,
    interval,
    mean_over,
    ranking_metrics,
    reliability,
)
from muster.learners.prospective_pairs import FEWEST, NORMAL, UNTESTED, News, TermPairs, lost, news

FIGURES = ("auroc", "auprc_over_prevalence", "log2_auprc_over_prior", f"precision_at_{TOP}")
STATISTIC = "mean over terms; 95 % interval over 200 draws of gene families"
SEED = 17
#: Draws of the second question, of which there are ten times as many pairs.
HALF = 100

Found = dict[str, Floats]


def score_terms(folder: Path, release: str) -> dict[str, Any]:
    """Return the judgement of a gene_phenotype version by a later release.

    The main question is of pairs untested before; the second of pairs tested and normal before (`changed`).

    Raises:
        SkippedError: the release has no calls.
    """
    if not lake.has(release, "gene_phenotypes"):
        reason = lake.manifest(release)["absent"].get("gene_phenotypes", "not built")
        raise lake.SkippedError(f"gene_phenotype is not judged: release {release} has no gene_phenotypes ({reason})")
    family = families(release)
    weights = draws(family, seed=SEED)
    asked, losses = news(folder, release, UNTESTED), lost(folder, release)
    names = _term_names(folder)
    rows, kept = [], []
    for pairs in asked.terms:
        found = _judge(pairs, weights, np.zeros(len(pairs.genes), np.int64))
        kept.append(found)
        rows.append(_row(pairs, names.get(pairs.mp_term_id, pairs.mp_term_id), found))
    return {
        "question": "pairs untested when the model was trained",
        "statistic": STATISTIC,
        "fewest": FEWEST,
        **_counts(asked),
        "evidence": _evidence(asked),
        "figures": _figures(asked, kept),
        "calibration": _calibration(asked),
        "changed": _changed(folder, release, weights[: HALF + 1], family),
        "lost": losses,
        "notes": _notes(asked, losses, release),
        "rows": rows,
    }


def _judge(pairs: TermPairs, weights: Floats, strata: NDArray[np.int64]) -> dict[str, Found]:
    """Return for the model, each baseline and chance its metrics, for every draw."""
    drawn = weights[:, pairs.genes]
    # The AUPRC of no knowledge at all is above the prior where positives are few: it is measured, not assumed.
    chance = np.random.default_rng([SEED, *pairs.mp_term_id.encode()]).permutation(pairs.scores)
    return {
        name: ranking_metrics(pairs.is_called, scores.astype(np.float64), drawn, strata)
        for name, scores in {"model": pairs.scores, **pairs.baselines, "chance": chance}.items()
    }


def _row(pairs: TermPairs, name: str, found: dict[str, Found]) -> dict[str, Any]:
    row: dict[str, Any] = {"mp_term_id": pairs.mp_term_id, "mp_term_name": name}
    row |= {"newly_tested": len(pairs.genes), "newly_called": int(pairs.is_called.sum())}
    row["auroc"], row["auroc_low"], row["auroc_high"] = interval(found["model"]["auroc"], "auroc")
    row["auprc"] = _value(found["model"]["auprc"])
    row |= {metric: _value(found["model"][metric]) for metric in FIGURES[1:]}
    row["calibration_error"] = calibration_error(pairs.is_called, pairs.probabilities)
    for baseline, figures in found.items():
        if baseline != "model":
            row |= {f"{baseline}_{metric}": _value(figures[metric]) for metric in FIGURES}
    return row


def _figures(asked: News, kept: list[dict[str, Found]]) -> dict[str, Any]:
    """Return each figure as the mean over terms with its interval, of the model and of each baseline."""
    if not kept:
        return {"model": {}, "baselines": {}}
    means = {
        name: {metric: mean_over([found[name][metric] for found in kept]) for metric in FIGURES} for name in kept[0]
    }
    model = means.pop("model")
    errors = [calibration_error(pairs.is_called, pairs.probabilities) for pairs in asked.terms]
    return {
        "model": {
            **{name: interval(values, name) for name, values in model.items()},
            "calibration_error": _mean(errors),
        },
        "baselines": {
            name: {
                **{metric: interval(values, metric) for metric, values in found.items()},
                # Paired: the same draws judge both, so the interval of the lead is narrower than the two apart.
                "auroc_lead": interval(model["auroc"] - found["auroc"]),
            }
            for name, found in means.items()
        },
    }


def _changed(folder: Path, release: str, weights: Floats, family: NDArray[Any]) -> dict[str, Any]:
    """Judge the pairs that were tested and normal, by which of them were called since."""
    asked = news(folder, release, NORMAL)
    split = registry.manifest(folder)["spec"]["split"]
    fold = np.array([family_fold(str(name), folds=split["folds"], seed=split["seed"]) for name in family])
    kept = []
    for pairs in asked.terms:
        # The score of a tested gene is that of the booster which did not see its fold: one scale a fold.
        strata = fold[pairs.genes]
        of_model = ranking_metrics(pairs.is_called, pairs.scores.astype(np.float64), weights[:, pairs.genes], strata)
        kept.append({**_judge(pairs, weights[:1], strata), "model": of_model})
    figures = {
        name: {metric: interval(mean_over([found[name][metric] for found in kept]), metric) for metric in FIGURES}
        for name in (kept[0] if kept else ())
    }
    model = figures.pop("model", {})
    return {
        "question": "pairs tested and normal when the model was trained, called since",
        "statistic": f"mean over terms; 95 % interval over {len(weights) - 1} draws of gene families",
        **_counts(asked),
        "figures": {"model": model, "baselines": figures},
    }


def _counts(asked: News) -> dict[str, int]:
    genes = np.unique(np.concatenate([np.empty(0, np.int64), *(pairs.genes for pairs in asked.terms)]))
    return {
        "terms": len(asked.terms),
        "terms_asked": asked.terms_asked,
        "genes": len(genes),
        "pairs": sum(len(pairs.genes) for pairs in asked.terms),
        "called": sum(int(pairs.is_called.sum()) for pairs in asked.terms),
        "pairs_asked": asked.pairs,
        "called_asked": asked.called,
    }


def _evidence(asked: News) -> dict[str, int]:
    """Return how many judged pairs a measured parameter tells of, and how many only a phenotyped gene."""
    measured = sum(int(pairs.is_measured.sum()) for pairs in asked.terms)
    return {"term": measured, "gene": sum(len(pairs.genes) for pairs in asked.terms) - measured}


def _calibration(asked: News) -> list[dict[str, float]]:
    """Return predicted and observed share in ten equally filled bins over the pairs of all judged terms."""
    if not asked.terms:
        return []
    probabilities = np.concatenate([pairs.probabilities for pairs in asked.terms]).astype(np.float64)
    is_called = np.concatenate([pairs.is_called for pairs in asked.terms])
    return calibration_bins(probabilities, is_called)


def calibration_bins(probabilities: Floats, is_true: NDArray[np.bool_]) -> list[dict[str, float]]:
    """Return predicted and observed share in ten equally filled bins.

    >>> calibration_bins(np.array([0.25, 0.75]), np.array([False, True]))[1]
    {'predicted': 0.75, 'observed': 1.0, 'count': 1}
    """
    return [
        {"predicted": round(said, 4), "observed": round(observed, 4), "count": count}
        for said, observed, count in reliability(is_true, probabilities)
    ]


def _notes(asked: News, losses: dict[str, int], release: str) -> list[str]:
    notes = []
    if not asked.terms:
        notes.append(
            f"no term has {FEWEST} newly called and {FEWEST} newly tested, normal genes; the most newly called genes "
            f"of a term are {asked.most_called}"
        )
    elif left := losses["terms"] - losses["terms_lost"] - len(asked.terms):
        notes.append(f"of the predicted terms, {left} have fewer than {FEWEST} newly called or newly normal genes")
    if only := _evidence(asked)["gene"]:
        notes.append(f"of the judged pairs, {only} tell only that the gene was phenotyped, not for what")
    if losses["hits_unmatched"]:
        notes.append(
            f"of the findings of {release}, {losses['hits_unmatched']} have a name that means no MP term "
            "(marts.unmatched_hits): what they mean may count as not called"
        )
    if losses["terms_lost"]:
        notes.append(f"of the predicted terms, {losses['terms_lost']} are obsolete or unknown at {release}")
    if losses["genes_lost"]:
        notes.append(f"of the predicted genes, {losses['genes_lost']} have another id or none at {release}")
    return notes


def _term_names(folder: Path) -> dict[str, str]:
    table = pd.read_parquet(folder / "terms.parquet", columns=["mp_term_id", "mp_term_name"])
    return dict(table.itertuples(index=False))


def _value(values: Floats) -> float | None:
    return None if np.isnan(values[0]) else round(float(values[0]), 4)


def _mean(values: list[float]) -> float:
    return round(float(np.mean(values)), 4)
