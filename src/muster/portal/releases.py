"""What the portal says about releases: state, numbers, checks, marts, step timings."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from muster import lake
from muster.catalog import release_key
from muster.comparison.counts import release_headlines
from muster.portal.pages import rows_of
from muster.settings import settings

#: Reports that become part of the site: name -> (path below the release's reports, what it is).
REPORTS = {
    "networks": ("networks/index.html", "Phenotype network"),
    "comparison": ("comparison/index.html", "What changed"),
    "drift": ("comparison/drift.html", "Drift, drawn by Evidently"),
    "data_docs": ("checks/data_docs/index.html", "Data Docs"),
    "dbt_docs": ("dbt_docs/index.html", "dbt docs"),
}

_CENTRE_SHARES = """
with controls as (
    select trait_id, centre, value, control_z from {mart}
    where is_control and value is not null and control_z is not null and isfinite(value) and isfinite(control_z)
),
groups as (
    select
        trait_id, centre, count(*) as specimens,
        count(*) * var_pop(value) as within_value, count(*) * var_pop(control_z) as within_z
    from controls group by trait_id, centre
),
totals as (
    select trait_id, count(*) * var_pop(value) as total_value, count(*) * var_pop(control_z) as total_z
    from controls group by trait_id
)
select
    trait_id as trait, count(*) as centres, sum(specimens)::bigint as controls,
    1 - sum(within_value) / any_value(total_value) as share_before,
    1 - sum(within_z) / any_value(total_z) as share_after
from groups inner join totals using (trait_id)
where total_value > 0 and total_z > 0
group by trait_id having count(*) > 1 order by share_before desc, trait_id
"""


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
    steps: list[dict[str, Any]]
    network: dict[str, Any] | None
    changes: dict[str, Any] | None
    centre_shares: list[dict[str, Any]]
    """Per trait: the share of control variance that the centre explains, before and after harmonisation."""


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
        steps=step_times(folder / "steps.jsonl"),
        network=_json(folder / "networks" / "summary.json"),
        changes=_json(folder / "comparison" / "changes.json"),
        centre_shares=_centre_shares(name) if is_published else [],
    )


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


def _centre_shares(name: str) -> list[dict[str, Any]]:
    if not lake.has(name, "measurements"):
        return []
    mart = f"read_parquet('{lake.build(name) / 'measurements.parquet'}')"
    return rows_of(duckdb.connect().execute(_CENTRE_SHARES.format(mart=mart)).df())


def _json(path: Path) -> dict[str, Any] | None:
    return json.loads(path.read_text()) if path.exists() else None
