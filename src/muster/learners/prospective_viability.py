"""How good the predictions of viability were, by the genes whose outcome a later release first tells."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from muster import lake
from muster.catalog import release_key
from muster.learners.labels import OUTCOMES, families
from muster.learners.metrics import Floats, calibration_error, draws, interval, mean_over, ranking_metrics
from muster.learners.prospective_pairs import DEGREE
from muster.learners.prospective_terms import calibration_bins

#: The definition of subviable changed at this release (dbt/models/marts/viability.sql says it of each row).
RULES_CHANGED = (20, 0)
#: An outcome is judged with so many genes that have it and so many that have not.
FEWEST = 10
SEED = 17
STATISTIC = "95 % interval over 200 draws of gene families"
METRICS = ("auroc", "auprc", "auprc_over_prevalence", "precision_at_20")

GENES = """
    select
        genes.gene_id,
        predicted.lethal,
        predicted.subviable,
        predicted.viable,
        predicted.outcome as before,
        labelled.outcome as after,
        {known} as was_known
    from read_parquet($genes) as genes
    left join read_parquet($predictions) as predicted using (gene_id)
    left join read_parquet($viability) as labelled using (gene_id)
    order by genes.gene_id
"""


@dataclass(frozen=True)
class Asked:
    """The genes judged, and what they showed."""

    places: NDArray[np.int64]
    outcomes: NDArray[np.object_]
    names: tuple[str, ...]
    """The outcomes told apart; across a change of the rules lethal and viable alone."""


def score_viability(folder: Path, release: str) -> dict[str, Any]:
    """Return the judgement of a viability version by the genes first labelled at `release`.

    Raises:
        SkippedError: the release has no viability, or too few new genes to judge.
    """
    if not lake.has(release, "viability"):
        reason = lake.manifest(release)["absent"].get("viability", "not built")
        raise lake.SkippedError(f"viability is not judged: release {release} has no viability ({reason})")
    trained_on = folder.parent.name
    table = _table(folder, release)
    is_one_era = _era(trained_on) == _era(release)
    asked = _asked(table, OUTCOMES[::-1] if is_one_era else ("lethal", "viable"))
    counts = {name: int((asked.outcomes == name).sum()) for name in asked.names}
    if min(counts["lethal"], len(asked.outcomes) - counts["lethal"]) < FEWEST:
        raise lake.SkippedError(
            f"viability is not judged: of the genes first labelled at {release}, {FEWEST} lethal and {FEWEST} others "
            f"are needed; there are {counts}"
        )
    weights = draws(families(release), seed=SEED)[:, asked.places]
    scores = {"model": _model_scores(table, asked), **_baselines(table, asked, trained_on)}
    found = {name: _judge(asked, answers, weights) for name, answers in scores.items()}
    is_lethal = asked.outcomes == "lethal"
    return {
        "question": f"genes without an outcome at {trained_on} that have one at {release}",
        "statistic": STATISTIC,
        "fewest": FEWEST,
        "genes": len(asked.outcomes),
        "outcomes": counts,
        "is_one_rule_era": is_one_era,
        "figures": _figures(found, asked, scores["model"]),
        "calibration": calibration_bins(scores["model"]["lethal"], is_lethal),
        "lost": {"genes_lost": _lost(folder, release)},
        "relabelled": _relabelled(table) if is_one_era else None,
        "notes": _notes(table, counts, trained_on, release, is_one_era=is_one_era),
        "rows": _rows(found, counts),
    }


def _era(release: str) -> bool:
    return release_key(release) < RULES_CHANGED


def _table(folder: Path, release: str) -> pd.DataFrame:
    """Return one row a gene of the later release: what was predicted, known before and known now."""
    trained_on, build = folder.parent.name, lake.build(release)
    places = {"predictions": str(folder / "predictions.parquet")}
    places |= {name: str(build / f"{name}.parquet") for name in ("genes", "viability")}
    known = "predicted.outcome is not null"
    if trained_on in lake.releases() and lake.has(trained_on, "viability"):
        # Lines that disagreed had been judged: the gene is not labelled for the first time.
        places["labelled_before"] = str(lake.build(trained_on) / "viability.parquet")
        known += " or gene_id in (select gene_id from read_parquet($labelled_before))"
    with duckdb.connect() as connection:
        return connection.execute(GENES.format(known=known), places).df()


def _asked(table: pd.DataFrame, names: tuple[str, ...]) -> Asked:
    is_new = table["lethal"].notna() & ~table["was_known"].astype(bool) & table["after"].isin(names)
    places = np.flatnonzero(is_new)
    return Asked(places, table["after"].to_numpy(object)[places], names)


def _model_scores(table: pd.DataFrame, asked: Asked) -> dict[str, Floats]:
    """Return the probability of each outcome told apart, made to sum to one."""
    answers = table.loc[asked.places, list(asked.names)].to_numpy(np.float64)
    answers /= answers.sum(axis=1, keepdims=True)
    return dict(zip(asked.names, answers.T, strict=True))


def _baselines(table: pd.DataFrame, asked: Asked, trained_on: str) -> dict[str, dict[str, Floats]]:
    """Return constraint alone and degree alone, from what the release of the training said."""
    if trained_on not in lake.releases():
        return {}
    known = lake.read(trained_on, "genes", "gene_id, loeuf").df().set_index("gene_id")["loeuf"].astype(float)
    found = {}
    if known.notna().any():
        loeuf = table["gene_id"].map(known).fillna(known.median()).to_numpy()[:, None]
        fit = table["before"].isin(asked.names).to_numpy()
        model = LogisticRegression(max_iter=200).fit(loeuf[fit], table.loc[fit, "before"].astype(str))
        answers = model.predict_proba(loeuf[asked.places])
        found["constraint"] = dict(zip(map(str, model.classes_), answers.T, strict=True))
    if lake.has(trained_on, "interactions"):
        degree = _degree(trained_on, table["gene_id"])[asked.places]
        found["degree"] = {name: -degree if name == "viable" else degree for name in asked.names}
    return found


def _degree(release: str, gene_ids: "pd.Series[str]") -> Floats:
    with duckdb.connect() as connection:
        found = connection.execute(DEGREE, {"interactions": str(lake.build(release) / "interactions.parquet")}).df()
    values: Floats = gene_ids.map(found.set_index("gene_id")["degree"]).fillna(0).to_numpy(np.float64)
    return values


def _judge(asked: Asked, answers: dict[str, Floats], weights: Floats) -> dict[str, dict[str, Floats]]:
    """Return by outcome its metrics, for every draw; outcomes of too few genes are left out."""
    one_stratum = np.zeros(len(asked.outcomes))
    return {
        name: ranking_metrics(is_outcome, answers[name], weights, one_stratum)
        for name in asked.names
        if name in answers and min((is_outcome := asked.outcomes == name).sum(), (~is_outcome).sum()) >= FEWEST
    }


def _figures(found: dict[str, Any], asked: Asked, answers: dict[str, Floats]) -> dict[str, Any]:
    """Return lethal against the others, and the mean over the outcomes where there are three."""
    means = {name: _means(by_outcome, len(asked.names)) for name, by_outcome in found.items()}
    model = means.pop("model")
    errors = [calibration_error(asked.outcomes == name, answers[name]) for name in asked.names]
    return {
        "model": {
            **{name: interval(values, name) for name, values in model.items()},
            "calibration_error": round(float(np.mean(errors)), 4),
        },
        "baselines": {
            name: {
                **{metric: interval(values, metric) for metric, values in figures.items()},
                "auroc_lethal_lead": interval(model["auroc_lethal"] - figures["auroc_lethal"]),
            }
            for name, figures in means.items()
        },
    }


def _means(by_outcome: dict[str, dict[str, Floats]], outcomes: int) -> dict[str, Floats]:
    lethal = {f"{metric}_lethal": by_outcome["lethal"][metric] for metric in METRICS}
    if outcomes == len(("lethal", "viable")):
        # Of two outcomes one is the other's mirror image.
        return lethal
    return {**lethal, **{name: mean_over([found[name] for found in by_outcome.values()]) for name in METRICS}}


def _rows(found: dict[str, Any], counts: dict[str, int]) -> list[dict[str, Any]]:
    rows = []
    for outcome, figures in found["model"].items():
        row: dict[str, Any] = {"outcome": outcome, "genes": counts[outcome]}
        for name, by_outcome in found.items():
            for metric in METRICS if outcome in by_outcome else ():
                row[metric if name == "model" else f"{name}_{metric}"] = round(float(by_outcome[outcome][metric][0]), 4)
        row["auroc_low"], row["auroc_high"] = interval(figures["auroc"], "auroc")[1:]
        rows.append(row)
    return rows


def _relabelled(table: pd.DataFrame) -> dict[str, int]:
    """Return how many genes that had an outcome have another one now: `lethal to viable`, ..."""
    both = table[table["before"].notna() & table["after"].notna() & (table["before"] != table["after"])]
    moves = both["before"].astype(str) + " to " + both["after"].astype(str)
    return {str(move): int(count) for move, count in moves.value_counts().sort_index().items()}


def _lost(folder: Path, release: str) -> int:
    places = [str(folder / "predictions.parquet"), str(lake.build(release) / "genes.parquet")]
    query = "select count(*) from read_parquet($1) where gene_id not in (select gene_id from read_parquet($2))"
    with duckdb.connect() as connection:
        ((count,),) = connection.execute(query, places).fetchall()
    return int(count)


def _notes(
    table: pd.DataFrame, counts: dict[str, int], trained_on: str, release: str, *, is_one_era: bool
) -> list[str]:
    notes = []
    if not is_one_era:
        notes.append(
            f"{trained_on} and {release} define subviable differently (the rules changed at 20.0): only lethal against "
            "viable is judged, and subviable genes of either release are left out"
        )
    if few := [name for name, count in counts.items() if count < FEWEST]:
        notes.append(f"{' and '.join(few)}: fewer than {FEWEST} new genes, not judged against the others")
    conflicting = int(((table["after"] == "conflicting") & ~table["was_known"].astype(bool)).sum())
    if conflicting:
        notes.append(f"of the new genes, {conflicting} have lines that disagree and are not judged")
    if withdrawn := int((table["before"].notna() & table["after"].isna()).sum()):
        notes.append(f"of the genes with an outcome at {trained_on}, {withdrawn} have none at {release}")
    unasked = int((table["after"].notna() & ~table["was_known"].astype(bool) & table["lethal"].isna()).sum())
    if unasked:
        notes.append(f"of the new genes, {unasked} were not in the universe of {trained_on} and have no prediction")
    return notes
