"""Predictions judged by a later release: its page, its files, and the scoreboard over all releases."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from muster import lake
from muster.catalog import release_key
from muster.learners.prospective import headline, is_champion
from muster.portal.pages import rows_of, write_standalone

COLOURS = {"model": "#0b7285", "baseline": "#e8590c"}
#: record -> its main figure, the second one, the figure that leads a baseline
MAIN = {"terms": ("auroc", "auprc_over_prevalence"), "outcomes": ("auroc_lethal", "auprc_lethal")}
#: What a table begins with; the other columns follow by name.
FIRST = ("mp_term_id", "mp_term_name", "newly_tested", "newly_called", "outcome", "genes")
FIGURES = ("auroc", "auprc", "auprc_over_prevalence", "log2_auprc_over_prior", "precision_at_20")
ORDER = (*FIRST, *(f"{name}_lethal" for name in FIGURES), "auroc", "auroc_low", "auroc_high", *FIGURES[1:])


def write(folder: Path, release: str, records: list[dict[str, Any]], title: str, skipped: list[str]) -> None:
    """Write `index.html`, `scores.json` and one CSV a version: a row a term or outcome.

    Args:
        folder: where.
        release: the one that judges.
        records: of the versions it judges.
        title: of the page.
        skipped: what was not judged, and why.
    """
    shown = [_shown(record) for record in records]
    for entry in shown:
        rows = pd.DataFrame(entry["record"]["rows"])
        rows[_ordered(rows.columns)].to_csv(folder / f"{entry['key']}.csv", index=False)
    lake.write_json(
        folder / "scores.json", {"release": release, "scores": records, "skipped": skipped, "lines": lines(records)}
    )
    write_standalone(
        folder / "index.html",
        "prospective.html",
        title=title,
        release=release,
        entries=shown,
        skipped=skipped,
        figures={entry["key"]: entry["figures"] for entry in shown},
    )


def lines(records: list[dict[str, Any]]) -> list[str]:
    """Return each judgement in one line."""
    return [headline(record) for record in records]


def scoreboard(records: list[dict[str, Any]], site: Path) -> dict[str, Any]:
    """Return what the scoreboard shows: rows of the table by model, and the trend of the main figure.

    Args:
        records: of every model, version and judging release.
        site: the portal; a row links to the page of its judgement where the site has one.
    """
    by_model: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        by_model.setdefault(record["model"], []).append(record)
    return {
        "models": {
            model: [{**_line(record), "page": _page(record, site)} for record in found]
            for model, found in by_model.items()
        },
        "trends": {model: _trend(found) for model, found in by_model.items()},
    }


def _ordered(names: Iterable[str]) -> list[str]:
    """Return names in the order people read them.

    >>> _ordered(["degree_auroc", "auprc", "auroc"])
    ['auroc', 'auprc', 'degree_auroc']
    """
    return sorted(names, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))


def _page(record: dict[str, Any], site: Path) -> str | None:
    here = f"releases/{record['release']}"
    places = [f"{here}/prospective/index.html", f"{here}/backtest/{record['trained_on']}/index.html"]
    key = f"{record['model']}-{record['trained_on']}-{record['version']}"
    judged = (place for place in places if (site / place).exists() and f'id="{key}"' in (site / place).read_text())
    return next((f"{place}#{key}" for place in judged), None)


def _main(record: dict[str, Any]) -> tuple[str, str]:
    return MAIN["terms" if "terms" in record else "outcomes"]


def _line(record: dict[str, Any]) -> dict[str, Any]:
    main, second = _main(record)
    figures = record["figures"]
    return {
        **{name: record[name] for name in ("release", "trained_on", "version", "is_prospective", "frozen_at")},
        "is_champion": is_champion(record),
        "judged": f"{record['terms']} terms" if "terms" in record else f"{record['genes']} genes",
        "names": (main, second),
        "model": (figures["model"].get(main), figures["model"].get(second)),
        "baselines": {name: (found[main], found[second]) for name, found in figures["baselines"].items()},
        "notes": record["notes"],
    }


def _trend(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the main figure of the model and its baselines by the judging release: the newest training of each."""
    newest: dict[str, dict[str, Any]] = {}
    for record in sorted(records, key=lambda record: (is_champion(record), release_key(record["trained_on"]))):
        if record["figures"]["model"]:
            newest[record["release"]] = record
    chosen = sorted(newest.values(), key=lambda record: release_key(record["release"]))
    names = list(dict.fromkeys(name for record in chosen for name in record["figures"]["baselines"]))
    return [_series("this model", chosen), *(_series(name, chosen) for name in names)]


def _series(name: str, records: list[dict[str, Any]]) -> dict[str, Any]:
    points = []
    for record in records:
        figures = record["figures"]
        found = figures["model"] if name == "this model" else figures["baselines"].get(name, {})
        points.append(found.get(_main(record)[0]) or [None, None, None])
    series: dict[str, Any] = {"type": "scatter", "mode": "lines+markers", "name": name.replace("_", " ")}
    series |= {"x": [f"by {record['release']}" for record in records], "y": [value for value, _, _ in points]}
    if name == "this model":
        series["error_y"] = _error_bars(points)
        series["line"] = {"width": 3, "color": COLOURS["model"]}
    else:
        series["line"] = {"dash": "dot"}
    return series


def _error_bars(points: list[list[float | None]]) -> dict[str, Any]:
    known = [(value or 0.0, low or value or 0.0, high or value or 0.0) for value, low, high in points]
    return {
        "type": "data",
        "array": [high - value for value, _, high in known],
        "arrayminus": [value - low for value, low, _ in known],
    }


def _shown(record: dict[str, Any]) -> dict[str, Any]:
    main, second = _main(record)
    rows = pd.DataFrame(record["rows"])
    is_by_term = "terms" in record
    baselines = list(record["figures"]["baselines"])
    ordered = rows.sort_values(["auroc", "mp_term_id"], ascending=[False, True]) if is_by_term and len(rows) else rows
    return {
        "key": f"{record['model']}-{record['trained_on']}-{record['version']}",
        "record": record,
        "is_champion": is_champion(record),
        "is_by_term": is_by_term,
        "headline": headline(record),
        "metrics": [name for name in _ordered(record["figures"]["model"]) if name in ORDER],
        "table": rows_of(ordered),
        "baselines": baselines,
        "figures": _figures(record, rows, main),
        "main": (main, second),
    }


def _figures(record: dict[str, Any], rows: pd.DataFrame, main: str) -> dict[str, Any]:
    """Return the plots of a version: terms against the best baseline (or bars), and calibration."""
    found: dict[str, Any] = {}
    baselines = record["figures"]["baselines"]
    if record["calibration"]:
        bins = pd.DataFrame(record["calibration"])
        found["calibration"] = [
            {"type": "scatter", "mode": "lines", "name": "perfect", "x": [0, 1], "y": [0, 1], "line": {"dash": "dot"}},
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": "found",
                "x": bins["predicted"].to_list(),
                "y": bins["observed"].to_list(),
                "text": bins["count"].to_list(),
                "hovertemplate": "predicted %{x:.2f}, found %{y:.2f} of %{text}<extra></extra>",
                "line": {"color": COLOURS["model"]},
            },
        ]
    if "terms" in record and len(rows) and baselines:
        best = max(baselines, key=lambda name: baselines[name]["auroc"][0] or 0.0)
        found["against"] = best
        found["terms"] = [
            {"type": "scatter", "mode": "lines", "x": [0, 1], "y": [0, 1], "line": {"dash": "dot"}, "name": "equal"},
            {
                "type": "scatter",
                "mode": "markers",
                "name": "a term",
                "x": rows[f"{best}_auroc"].to_list(),
                "y": rows["auroc"].to_list(),
                "text": rows["mp_term_name"].to_list(),
                "hovertemplate": "%{text}<br>%{y:.2f}, baseline %{x:.2f}<extra></extra>",
                "marker": {"color": COLOURS["model"], "size": 7, "opacity": 0.7},
            },
        ]
    elif "outcomes" in record:
        figures = {"this model": record["figures"]["model"], **baselines}
        points = [found[main] for found in figures.values()]
        bars = {"type": "bar", "x": [name.replace("_", " ") for name in figures], "y": [point[0] for point in points]}
        colours = [COLOURS["model"], *[COLOURS["baseline"]] * len(baselines)]
        found["bars"] = [{**bars, "error_y": _error_bars(points), "marker": {"color": colours}}]
    return found
