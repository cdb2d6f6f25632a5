"""The page of a comparison: readable by a biologist in two minutes."""

from pathlib import Path
from typing import Any

import pandas as pd

from muster.portal.pages import rows_of, write_standalone

LISTED = 40


def write(folder: Path, changes: dict[str, Any], calls: pd.DataFrame, drawn: pd.DataFrame | None) -> None:
    """Write `index.html`.

    Args:
        folder: where.
        changes: the content of `changes.json`.
        calls: one row a gene x MP term, as in `release_changes.parquet`.
        drawn: shared keys to draw (effect before and after), None where there are none.
    """
    write_standalone(
        folder / "index.html",
        "comparison.html",
        changes=changes,
        figures=_figures(changes, drawn),
        terms=_terms(calls),
        has_drift_page=(folder / "drift.html").exists(),
    )


def _figures(changes: dict[str, Any], drawn: pd.DataFrame | None) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    reasons = changes["why"].get("reasons")
    if reasons:
        names = [reason for reason in reasons["gained"] if reasons["gained"][reason] or reasons["lost"][reason]]
        figures["reasons"] = [
            {
                "type": "bar",
                "orientation": "h",
                "name": change,
                "y": names,
                "x": [sign * reasons[change][name] for name in names],
                "customdata": [reasons[change][name] for name in names],
                "hovertemplate": f"%{{customdata}} {change}: %{{y}}<extra></extra>",
                "marker": {"color": colour},
            }
            for change, sign, colour in (("gained", 1, "#2f9e44"), ("lost", -1, "#e03131"))
        ]
    if drawn is not None and len(drawn):
        figures["effects"] = [
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": rows["effect_before"].round(4).tolist(),
                "y": rows["effect_after"].round(4).tolist(),
                "text": rows["trait_id"].tolist(),
                "hovertemplate": "%{text}<br>before %{x:.2f}, after %{y:.2f}<extra></extra>",
                "marker": {"size": 5, "opacity": 0.55, "color": colour},
            }
            for name, rows, colour in (
                ("same animals", drawn[~drawn["is_remeasured"]], "#1c7ed6"),
                ("more or fewer animals", drawn[drawn["is_remeasured"]], "#e8590c"),
            )
            if len(rows)
        ]
    return figures


def _commonest(reasons: "pd.Series[str]") -> str:
    return str(reasons.value_counts().sort_index().idxmax())


def _terms(calls: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the phenotypes whose calls moved most."""
    moved = calls[calls["change"] != "kept"]
    if not len(moved):
        return []
    tally = calls.groupby(["mp_term_id", "mp_term_name", "change"]).size().unstack(fill_value=0)
    tally = tally.reindex(columns=["kept", "gained", "lost"], fill_value=0)
    why = moved.groupby("mp_term_id")["reason"].agg(_commonest)
    tally = tally.assign(moved=tally["gained"] + tally["lost"]).reset_index()
    tally["reason"] = tally["mp_term_id"].map(why)
    listed = tally[tally["moved"] > 0].sort_values(["moved", "mp_term_id"], ascending=[False, True])
    return rows_of(listed.head(LISTED))
