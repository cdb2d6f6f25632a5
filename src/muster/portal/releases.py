"""What the portal says about releases: state, numbers, checks, marts, step timings."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muster import lake
from muster.catalog import release_key
from muster.comparison.counts import release_headlines
from muster.settings import settings

#: Reports that become part of the site: name -> (path below the release's reports, what it is).
REPORTS = {
    "networks": ("networks/index.html", "Phenotype network"),
    "graph": ("graph/index.html", "Knowledge graph"),
    "comparison": ("comparison/index.html", "What changed"),
    "drift": ("comparison/drift.html", "Drift, drawn by Evidently"),
    "prospective": ("prospective/index.html", "Earlier predictions, judged"),
    "harmonisation": ("harmonisation/index.html", "Harmonisation"),
    "data_docs": ("checks/data_docs/index.html", "Data Docs"),
    "dbt_docs": ("dbt_docs/index.html", "dbt docs"),
}


@dataclass(frozen=True)
class Release:
    """One release, as the portal shows it."""

    name: str
    state: str
    """current, published, refused or unfinished"""
    released_on: str | None
    headlines: dict[str, int]
    refusal: dict[str, Any] | None
    checks: dict[str, dict[str, Any]]
    marts: dict[str, Any]
    absent: dict[str, str]
    reports: dict[str, str]
    """Those of REPORTS that exist."""
    backtests: list[str]
    """Releases whose models this one judged in a backtest, oldest first."""
    steps: list[dict[str, Any]]
    network: dict[str, Any] | None
    changes: dict[str, Any] | None
    harmonisation: dict[str, Any] | None
    """The page of this name in a few numbers; None where the build has none of its marts."""


def releases() -> list[Release]:
    """Return every release that is published or has reports, newest first."""
    reported = {path.name for path in settings().reports.glob("*.*") if path.is_dir()}
    return [_release(name) for name in sorted({*lake.releases(), *reported}, key=release_key, reverse=True)]


def _release(name: str) -> Release:
    folder = settings().release_reports(name)
    is_published = name in lake.releases()
    manifest = lake.manifest(name) if is_published else {}
    refusal = lake.refusal(name)
    stages = {stage: _json(folder / "checks" / f"{stage}.json") for stage in ("raw", "staging", "marts")}
    return Release(
        name=name,
        state=_state(name, is_published=is_published, is_refused=refusal is not None),
        released_on=manifest.get("released_on"),
        headlines=release_headlines(name) if is_published else {},
        refusal=refusal,
        checks={stage: found for stage, found in stages.items() if found},
        marts=manifest.get("marts", {}),
        absent=manifest.get("absent", {}),
        reports={key: path for key, (path, _) in REPORTS.items() if (folder / path).exists()},
        backtests=_backtests(folder / "backtest"),
        steps=step_times(folder / "steps.jsonl"),
        network=_json(folder / "networks" / "summary.json"),
        changes=_json(folder / "comparison" / "changes.json"),
        harmonisation=_json(folder / "harmonisation" / "summary.json"),
    )


def _backtests(folder: Path) -> list[str]:
    found = [path.parent.name for path in folder.glob("*/index.html") if path.parent.suffix != ".draft"]
    return sorted(found, key=release_key)


def _state(name: str, *, is_published: bool, is_refused: bool) -> str:
    if is_refused:
        return "refused"
    if not is_published:
        return "unfinished"
    return "current" if name == lake.current() else "published"


def step_times(path: Path) -> list[dict[str, Any]]:
    """Return the last record of each step, in the order of the steps."""
    if not path.exists():
        return []
    # A step that ran twice keeps its first place and its last time.
    entries = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    return list({entry["step"]: entry for entry in entries}.values())


def _json(path: Path) -> dict[str, Any] | None:
    return json.loads(path.read_text()) if path.exists() else None
