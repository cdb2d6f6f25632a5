"""Compare a release with the one before it: what changed, why, and what it does to predictions."""

import logging
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from muster import lake
from muster.comparison import counts, effects, marts, page, predictions, why
from muster.comparison.verdict import sentences, verdict
from muster.settings import settings

logger = logging.getLogger(__name__)


def compare(release: str) -> Path:
    """Write the comparison with the release before as pages, Parquet and JSON; return their folder.

    Raises:
        NotPublishedError: the release itself is not published.
        SkippedError: nothing older is published.
    """
    lake.build(release)
    previous = lake.previous(release)
    if previous is None:
        raise lake.SkippedError(
            f"compare {release}: no older release is published, so there is nothing to compare with"
        )
    target = settings().release_reports(release) / "comparison"
    with lake.draft(target) as folder, marts.both(previous, release) as connection:
        shared = marts.shared(previous, release)
        logger.info("compare %s with %s: %s marts in both", release, previous, len(shared))
        changes: dict[str, Any] = {
            "release": release,
            "previous": previous,
            "builds": {which: lake.manifest(which)["build"] for which in (previous, release)},
            "data": _data(connection, shared, folder, _keys(release)),
            "absent": marts.absent(previous, release),
        }
        calls, changes["why"] = _why(connection, shared)
        calls.assign(release=release, previous_release=previous).to_parquet(
            folder / "release_changes.parquet", index=False
        )
        changes["so_what"] = _so_what(previous, release, changes)
        changes["summary"] = sentences(changes)
        lake.write_json(folder / "changes.json", changes)
        drawn = effects.drawn_keys(connection) if why.has_keys(connection, shared) else None
        page.write(folder, changes, calls, drawn)
    for line in changes["summary"]:
        logger.info("compare: %s", line)
    return target


def _keys(release: str) -> dict[str, list[str]]:
    declared = {mart: entry.get("key", []) for mart, entry in lake.manifest(release)["marts"].items()}
    return {mart: key.split(", ") if isinstance(key, str) else key for mart, key in declared.items()}


def _data(
    connection: duckdb.DuckDBPyConnection, shared: list[str], folder: Path, keys: dict[str, list[str]]
) -> dict[str, Any]:
    # Evidently takes many seconds to import, too many where there is nothing to compare.
    from muster.comparison.drift import drift, samples  # noqa: PLC0415

    before, after = samples(connection, shared)
    drifted = drift(before, after, folder / "drift.html") if len(before.columns) else None
    lake.write_json(folder / "drift.json", drifted or {"columns": {}})
    return {
        "headlines": counts.headlines(connection, shared),
        "marts": counts.mart_changes(connection, shared, keys),
        "missing_values": counts.missing_values(connection, shared),
        "drift": drifted,
    }


def _why(connection: duckdb.DuckDBPyConnection, shared: list[str]) -> tuple[pd.DataFrame, dict[str, Any]]:
    if not {"gene_phenotypes", "terms"} <= set(shared):
        return pd.DataFrame(columns=["gene_id", "mp_term_id", "change", "reason"]), {"calls": None}
    calls = why.release_changes(connection, shared)
    has_keys = why.has_keys(connection, shared)
    tally = calls["change"].value_counts()
    moved = calls[calls["change"] != "kept"]
    return calls, {
        "calls": {change: int(tally.get(change, 0)) for change in ("kept", "gained", "lost")},
        "reasons": {
            change: {reason: int((rows["reason"] == reason).sum()) for reason in why.REASONS}
            for change, rows in ((name, moved[moved["change"] == name]) for name in ("gained", "lost"))
        },
        "method_drift": effects.method_drift(connection) if has_keys else None,
        "new_data_drift": effects.new_data_drift(connection) if has_keys else None,
    }


def _so_what(previous: str, release: str, changes: dict[str, Any]) -> dict[str, Any]:
    models = predictions.model_changes(previous, release)
    calls, method = changes["why"]["calls"], changes["why"].get("method_drift")
    tested = changes["data"]["headlines"].get("genes tested", {})
    ranks = models.get("gene_phenotype", {}).get("predictions", {}).get("rank_correlation", {})
    total = sum(calls.values()) if calls else 0
    numbers = {
        "changed_call_share": round((calls["gained"] + calls["lost"]) / total, 4) if calls and total else None,
        "tested_gene_change": tested.get("change"),
        "drifted_column_share": (changes["data"]["drift"] or {}).get("drifted_share"),
        "method_correlation": method["all"]["pearson"] if method else None,
        "median_rank_correlation": ranks.get("median_spearman"),
    }
    is_trained = any(entry["trained_on"]["after"] for entry in models.values())
    return {"models": models, "verdict": verdict(numbers, is_trained=is_trained)}
