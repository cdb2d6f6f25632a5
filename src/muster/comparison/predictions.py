"""What a release does to predictions: how ranks moved, which came true, how the metrics changed."""

from pathlib import Path
from typing import Any

import pandas as pd

from muster import registry
from muster.portal.pages import rows_of
from muster.specs import model_names

TOP = 20
LISTED = 30
MIN_GENES = 10


def trained(name: str, release: str) -> Path | None:
    """Return the folder of the model trained on `release`: the one promoted last, else the newest, else None."""
    promoted = [entry["version"] for entry in registry.aliases(name).get("history", []) if entry["release"] == release]
    version = promoted[-1] if promoted else registry.newest(name, release)
    return registry.folder(name, release, version) if version else None


def model_changes(previous: str, release: str) -> dict[str, dict[str, Any]]:
    """Return for each trained model its metrics before and after, and how its predictions moved."""
    found = {}
    for name in model_names():
        before, after = trained(name, previous), trained(name, release)
        if before is None and after is None:
            continue
        entry: dict[str, Any] = {"metrics": _metrics(before, after), "trained_on": _trained_on(before, after)}
        if before and after and name == "gene_phenotype":
            entry["predictions"] = _phenotype_predictions(before, after)
        if before and after and name == "viability":
            entry["predictions"] = _viability_predictions(before, after)
        found[name] = entry
    return found


def _trained_on(before: Path | None, after: Path | None) -> dict[str, str | None]:
    return {"before": before.name if before else None, "after": after.name if after else None}


def _metrics(before: Path | None, after: Path | None) -> dict[str, dict[str, Any]]:
    old, new = (registry.manifest(path)["metrics"].get("model", {}) if path else {} for path in (before, after))
    return {metric: {"before": old.get(metric), "after": new.get(metric)} for metric in sorted({*old, *new})}


def _phenotype_predictions(before: Path, after: Path) -> dict[str, Any]:
    columns = ["gene_id", "symbol", "mp_term_id", "mp_term_name", "probability", "rank", "status"]
    old, new = (pd.read_parquet(path / "predictions.parquet", columns=columns) for path in (before, after))
    both = old.merge(new, on=["gene_id", "mp_term_id"], suffixes=("_before", "_after"))
    return {
        "pairs": len(both),
        "rank_correlation": _rank_correlations(both),
        "came_true": _came_true(both),
        "top_gains": _top_gains(both),
    }


def _rank_correlations(both: pd.DataFrame) -> dict[str, Any]:
    found = {}
    for term, rows in both.groupby("mp_term_id"):
        value = rows["probability_before"].corr(rows["probability_after"], method="spearman")
        if len(rows) >= MIN_GENES and pd.notna(value):
            found[str(term)] = round(float(value), 4)
    values = pd.Series(found, dtype=float)
    middle = round(float(values.median()), 4) if len(values) else None
    lowest = [{"mp_term_id": term, "spearman": float(value)} for term, value in values.sort_values().head(5).items()]
    return {"terms": len(values), "median_spearman": middle, "lowest": lowest}


def _came_true(both: pd.DataFrame) -> dict[str, Any]:
    # Only pairs nobody had tested when the model was trained, and that the next release reports.
    news = both[(both["status_before"] == "untested") & (both["status_after"] != "untested")]
    is_top = news["rank_before"] <= TOP
    called = news["status_after"] == "called"
    return {
        "newly_tested": len(news),
        "called_share": round(float(called.mean()), 4) if len(news) else None,
        "newly_tested_top": int(is_top.sum()),
        "called_share_top": round(float(called[is_top].mean()), 4) if is_top.any() else None,
        "top": TOP,
    }


def _top_gains(both: pd.DataFrame) -> list[dict[str, Any]]:
    candidates = both[both["status_after"] == "untested"]
    gain = (candidates["probability_after"] - candidates["probability_before"]).round(4)
    rows = candidates.assign(gain=gain).sort_values(["gain", "gene_id", "mp_term_id"], ascending=[False, True, True])
    rows = rows[rows["gain"] > 0].head(LISTED)
    names = {"symbol_after": "symbol", "mp_term_name_after": "mp_term_name"}
    columns = ["gene_id", "symbol", "mp_term_id", "mp_term_name", "probability_before", "probability_after", "gain"]
    return rows_of(rows.rename(columns=names)[columns].round(4))


def _viability_predictions(before: Path, after: Path) -> dict[str, Any]:
    outcomes = ["lethal", "subviable", "viable"]
    old, new = (pd.read_parquet(path / "predictions.parquet").set_index("gene_id") for path in (before, after))
    genes = old.index.intersection(new.index).sort_values()
    old, new = old.loc[genes], new.loc[genes]
    correlation = old["lethal"].corr(new["lethal"], method="spearman")
    changed = old[outcomes].idxmax(axis="columns") != new[outcomes].idxmax(axis="columns")
    return {
        "genes": len(genes),
        "rank_correlation": {"median_spearman": round(float(correlation), 4) if pd.notna(correlation) else None},
        "changed_outcome_count": int(changed.sum()),
    }
