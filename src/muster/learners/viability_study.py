"""How much of a viability model is study: without its traces, and asked of genes that are little studied."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster.learners.labels import UNTESTED
from muster.learners.metrics import Floats
from muster.learners.viability_baselines import logistic
from muster.learners.viability_evaluation import beside, by_outcome, figures
from muster.learners.viability_folds import Examples, Fitting, held_out_answers, held_out_boosters

#: What grows with the number of papers rather than with what the gene does. So do the vectors of the network: on real
#: 18.0 they explain 0.61 of the variance of the logarithm of the number of interactions.
STUDIED = (
    "novelty",
    "target_level_rank",
    "go_count",
    "pathway_count",
    "interaction_degree",
    "string_degree",
    "biogrid_degree",
    "string_clustering",
    "core_number",
    "pagerank",
)
VECTORS = ("embedding", "fine_embedding")


def without_study(examples: Examples, fitting: Fitting, outcomes: list[str], draws: Floats) -> dict[str, Any]:
    """Return the figures of the same fit without what tells how much a gene is studied."""
    traces = {name: _trace(name) for name in examples.features.names if _trace(name)}
    blind = examples.without(list(traces))
    answers = held_out_answers(blind, held_out_boosters(blind, fitting), len(outcomes))
    without = [name for name in (*STUDIED, *VECTORS) if name in traces.values()]
    return {"without": without, **figures(by_outcome(blind, answers, draws), outcomes)}


def _trace(name: str) -> str | None:
    """Return which of the traces of study a feature is.

    >>> _trace("fine_embedding_31"), _trace("go_count"), _trace("loeuf")
    ('fine_embedding', 'go_count', None)
    """
    vector = name.rsplit("_", 1)[0]
    return name if name in STUDIED else vector if vector in VECTORS else None


def least_studied(
    examples: Examples, families: NDArray[Any], fitting: Fitting, outcomes: list[str], draws: Floats
) -> dict[str, Any] | None:
    """Return the figures for the least-studied third, by a classifier of the other genes of other families.

    None where nobody says how much a gene is studied, or where the third has not every outcome.
    """
    apart = little_known(examples)
    if apart is None:
        return None
    asked = apart & examples.known
    rows = examples.known & ~np.isin(families, families[asked])
    if not all(len(np.unique(examples.labels[chosen])) == len(outcomes) for chosen in (asked, rows)):
        return None
    # Two folds: the third that is asked, and whoever may teach; relatives of the third do neither.
    fold = np.where(asked, 0, 1).astype(np.int32)
    split = replace(examples, labels=np.where(asked | rows, examples.labels, UNTESTED), fold=fold, folds=1)
    answers = held_out_answers(split, {0: fitting.fit(split, rows)}, len(outcomes))
    alone = logistic(split, ("loeuf",), len(outcomes))
    found = by_outcome(split, answers, draws)
    return {
        "n": int(asked.sum()),
        "taught_by": int(rows.sum()),
        **figures(found, outcomes),
        "constraint": beside(found, by_outcome(split, alone, draws), outcomes),
    }


def little_known(examples: Examples) -> NDArray[np.bool_] | None:
    """Return which genes are the least-studied third of those whose outcome and study are known."""
    for name, sign in (("novelty", 1.0), ("go_count", -1.0)):
        if name in examples.features.names:
            study = sign * examples.features.column(name).astype(np.float64)
            said = study[examples.known & ~np.isnan(study)]
            if len(np.unique(said)) > 1:
                return np.asarray(study > np.quantile(said, 2 / 3))
    return None
