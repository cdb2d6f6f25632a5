"""How good a viability model is on held-out gene families, beside single sources of knowledge and chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from muster.learners.metrics import Floats, calibration_error, interval, mean_over, ranking_metrics, reliability
from muster.learners.viability_baselines import baselines
from muster.learners.viability_folds import Answers, Examples

FIGURES = ("auroc", "auprc_over_prevalence", "precision_at_20")
STATISTIC = "mean over the outcomes, each against the others; 95 % interval over 200 draws of gene families"

Figures = dict[str, Any]


@dataclass(frozen=True)
class HeldOut:
    """What held-out classifiers said, and the same after calibration; one column an outcome."""

    raw: Answers
    calibrated: Answers


def evaluate(
    examples: Examples, held_out: HeldOut, nulls: Sequence[tuple[Examples, Answers]], outcomes: list[str], draws: Floats
) -> Figures:
    """Return the metrics of held-out answers, of the baselines, and of the same fit on shuffled outcomes (`nulls`)."""
    found = by_outcome(examples, held_out.calibrated, draws)
    counts = {name: int((examples.labels == number).sum()) for number, name in enumerate(outcomes)}
    null_aurocs = [means(by_outcome(null, answers, draws))["auroc"] for null, answers in nulls]
    alone = {name: by_outcome(examples, said, draws) for name, said in baselines(examples, outcomes).items()}
    return {
        "held_out": {"n": sum(counts.values()), "outcomes": counts, "statistic": STATISTIC},
        "model": {**figures(found, outcomes), "calibration_error": _error(examples, held_out.calibrated)},
        "baselines": {name: beside(found, other, outcomes) for name, other in alone.items()},
        "outcomes": _each(examples, held_out.calibrated, found, outcomes),
        "calibration": calibration(examples, held_out, outcomes),
        **({"shuffled": {"auroc": interval(mean_over(null_aurocs), "auroc")}} if null_aurocs else {}),
    }


def by_outcome(examples: Examples, answers: Answers, draws: Floats) -> list[dict[str, Floats]]:
    """Return the ranking metrics of each outcome against the others, each a value a draw; unknown genes left out."""
    known = examples.known & ~np.isnan(answers).any(axis=1)
    return [
        ranking_metrics(
            examples.labels[known] == number,
            answers[known, number].astype(np.float64),
            draws[:, known],
            examples.fold[known],
        )
        for number in range(answers.shape[1])
    ]


def means(found: list[dict[str, Floats]]) -> dict[str, Floats]:
    """Return each metric as the mean over the outcomes."""
    return {metric: mean_over([one[metric] for one in found]) for metric in found[0]}


def figures(found: list[dict[str, Floats]], outcomes: list[str]) -> Figures:
    """Return the mean metrics with intervals, and the AUROC of `lethal` against the others alone, if it is one."""
    lethal = {"auroc_lethal": found[outcomes.index("lethal")]["auroc"]} if "lethal" in outcomes else {}
    told = {name: values for name, values in means(found).items() if name in FIGURES}
    return {name: interval(values, name) for name, values in {**told, **lethal}.items()}


def beside(found: list[dict[str, Floats]], other: list[dict[str, Floats]], outcomes: list[str]) -> Figures:
    """Return the figures of another ranking of the same genes, and how far the AUROC of the first leads."""
    lead = means(found)["auroc"] - means(other)["auroc"]
    return {**figures(other, outcomes), "auroc_lead": interval(lead)}


def calibration(examples: Examples, held_out: HeldOut, outcomes: list[str]) -> Figures:
    """Return the calibration error before and after, and per outcome ten bins: said, observed share, genes."""
    return {
        "method": "Dirichlet, fitted on the held-out answers of the other folds",
        "error_before": _error(examples, held_out.raw),
        "error_after": _error(examples, held_out.calibrated),
        "reliability": {
            name: [
                [round(said, 4), round(observed, 4), count]
                for said, observed, count in reliability(
                    examples.labels[examples.known] == number, held_out.calibrated[examples.known, number]
                )
            ]
            for number, name in enumerate(outcomes)
        },
    }


def _each(examples: Examples, answers: Answers, found: list[dict[str, Floats]], outcomes: list[str]) -> Figures:
    labels, said = examples.labels[examples.known], answers[examples.known]
    return {
        name: {
            "n": int((labels == number).sum()),
            "prevalence": round(float((labels == number).mean()), 4),
            **{
                metric: interval(found[number][metric], metric)
                for metric in ("auroc", "auprc", "auprc_over_prevalence")
            },
            "calibration_error": calibration_error(labels == number, said[:, number]),
        }
        for number, name in enumerate(outcomes)
    }


def _error(examples: Examples, answers: Answers) -> float:
    labels, said = examples.labels[examples.known], answers[examples.known]
    errors = [calibration_error(labels == number, said[:, number]) for number in range(said.shape[1])]
    return round(float(np.mean(errors)), 4)
