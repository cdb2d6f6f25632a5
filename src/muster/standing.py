"""Where each release stands: on the mirror, landed, loaded, refused, published, current."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from muster import lake
from muster.catalog import mirror, release_key
from muster.limits import size
from muster.mirrors.discovery import available_releases, connect
from muster.mirrors.patience import TransferError
from muster.settings import settings

REASON_SHOWN = 110


@dataclass(frozen=True)
class Standing:
    """One release."""

    release: str
    is_on_mirror: bool | None
    """None where the mirror did not answer."""
    landed_at: str | None
    landed_bytes: int | None
    is_loaded: bool
    refused_at: str | None
    """The stage that refused it."""
    reasons: list[str]
    build: str | None
    """The published build."""
    is_current: bool
    is_outdated: bool
    """Whether older releases were published since: its history is to be made again."""


@dataclass(frozen=True)
class Overview:
    """Every release that the mirror or this workspace knows, oldest first."""

    mirror: str
    mirror_error: str | None
    releases: list[Standing]

    def json(self) -> str:
        """Return it for machines."""
        return json.dumps(asdict(self), indent=1)

    def lines(self) -> Iterator[str]:
        """Yield it for people: a line a release, below a header."""
        if self.mirror_error:
            yield f"The mirror does not answer ({self.mirror_error}); what is here:"
        rows = [["release", "mirror", "landed", "size", "loaded", "published", "current", "refused"]]
        rows += [_cells(standing) for standing in self.releases]
        widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
        for row in rows:
            yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def overview() -> Overview:
    """Return where each release stands; a mirror that does not answer costs seconds and its column."""
    there, error = _on_mirror()
    here = settings()
    places = [
        *((path.parent.name, path) for path in (here.landing / "impc").glob("*/manifest.json")),
        *((path.stem, path) for path in (here.workspace / "warehouse").glob("*.duckdb")),
        *((path.parent.name, path) for path in here.reports.glob("*/refused.json")),
    ]
    known = {name for name, _ in places if re.fullmatch(r"[0-9]+\.[0-9]+", name)} | {*lake.releases(), *(there or ())}
    standings = [_standing(release, there) for release in sorted(known, key=release_key)]
    return Overview(mirror().url, error, standings)


def _on_mirror() -> tuple[list[str] | None, str | None]:
    try:
        with connect(attempts=1) as connection:
            return available_releases(connection), None
    except TransferError as error:
        return None, str(error).partition(";")[0]


def _standing(release: str, there: list[str] | None) -> Standing:
    landed_at, landed_bytes = _landed(settings().landing / "impc" / release / "manifest.json")
    refusal: dict[str, Any] = lake.refusal(release) or {}
    is_published = release in lake.releases()
    return Standing(
        release=release,
        is_on_mirror=None if there is None else release in there,
        landed_at=landed_at,
        landed_bytes=landed_bytes,
        is_loaded=settings().warehouse(release).exists(),
        refused_at=refusal.get("stage"),
        reasons=refusal.get("reasons", []),
        build=lake.build(release).name if is_published else None,
        is_current=release == lake.current(),
        is_outdated=is_published and lake.is_outdated(release),
    )


def _landed(manifest: Path) -> tuple[str | None, int | None]:
    if not manifest.exists():
        return None, None
    entries = json.loads(manifest.read_text())["files"].values()
    return max(entry["fetched_at"] for entry in entries), sum(entry["bytes"] for entry in entries)


def _cells(standing: Standing) -> list[str]:
    reason = f"{standing.refused_at}: {standing.reasons[0]}" if standing.reasons else standing.refused_at or ""
    outdated = " (history outdated)" if standing.is_outdated else ""
    return [
        standing.release,
        {True: "yes", False: "no", None: "?"}[standing.is_on_mirror],
        (standing.landed_at or "")[:10],
        "" if standing.landed_bytes is None else size(standing.landed_bytes),
        "yes" if standing.is_loaded else "",
        f"{standing.build or ''}{outdated}",
        "<-" if standing.is_current else "",
        reason if len(reason) <= REASON_SHOWN else f"{reason[:REASON_SHOWN]}…",
    ]
