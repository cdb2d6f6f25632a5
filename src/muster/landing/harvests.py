"""Harvests of SOLR cores: every page a file, noted as it came, so that a harvest goes on wherever it was stopped."""

import gzip
import json
import logging
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from typing import Any

from muster.lake import write_json
from muster.landing.harvest_checks import IndexChangedError, reconcile
from muster.landing.harvest_columns import write_parquet
from muster.landing.integrity import sha256
from muster.mirrors.solr import FIRST_CURSOR, HarvestError, Page, Solr
from muster.mirrors.solr_fields import kinds
from muster.mirrors.solr_query import Query
from muster.settings import settings

logger = logging.getLogger(__name__)

JOURNAL = "journal.jsonl"
MANIFEST = "manifest.json"
PROGRESS_SECONDS = 5.0
COMPRESSION = 6

Entry = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """What is harvested, and how its pages are cut."""

    query: Query
    release: str
    sorted_by: str
    identity: str
    rows: int
    types: dict[str, str]
    """Declared SQL type by field, as far as anybody declares them."""


def folder(query: Query, release: str) -> Path:
    """Return where a harvest lies: one folder for each release and question."""
    return settings().landing / "solr" / release / query.core / query.digest


def manifest(place: Path) -> Entry | None:
    """Return the manifest of a harvest whose parts are all here, None where there is none."""
    path = place / MANIFEST
    if not path.exists():
        return None
    content: Entry = json.loads(path.read_text())
    return content if all(_is_here(place, part) for part in content["parts"]) else None


def collect(solr: Solr, plan: Plan, facts: Entry) -> Path:
    """Return the folder of the harvest, whole and reconciled; `facts` are added to its manifest.

    An index that changes meanwhile is harvested once more from the start.

    Raises:
        HarvestError: nothing matches, or the index changed again; with the numbers.
    """
    place = folder(plan.query, plan.release)
    draft = place.with_name(f"{place.name}.draft")
    _restore(place)
    try:
        return _collected(solr, plan, facts, draft)
    except IndexChangedError as change:
        rmtree(draft)
        logger.warning("harvest %s: %s; once more from the start", plan.query.core, change)
    try:
        return _collected(solr, plan, facts, draft)
    except IndexChangedError as change:
        rmtree(draft)
        raise HarvestError(
            f"{plan.query.core}: {change}; this happened twice, so nothing is kept: run harvest again when the mirror "
            f"is at rest"
        ) from change


def _collected(solr: Solr, plan: Plan, facts: Entry, draft: Path) -> Path:
    num_found = solr.count(plan.query)
    if num_found == 0:
        asked = " and ".join([plan.query.text, *plan.query.filters])
        raise HarvestError(
            f"{plan.query.core}: no document matches {asked}; values are compared exactly, case included"
        )
    journal = _Journal(draft, plan, num_found)
    _turn_pages(solr, plan, journal, num_found)
    if (now := solr.count(plan.query)) != num_found:
        raise IndexChangedError(f"the index held {num_found:,} documents at the start and {now:,} at the end")
    told = reconcile(draft, journal.parts, plan.identity, plan.sorted_by, num_found)
    seen = _seen(journal.parts)
    parquet = write_parquet(draft, [draft / part["path"] for part in told.parts], plan.types, seen)
    content = {
        "query": asdict(plan.query),
        "release": plan.release,
        "url": solr.url,
        "sorted_by": plan.sorted_by,
        "identity": plan.identity,
        "num_found": num_found,
        "rows": sum(part["rows"] for part in told.parts),
        "duplicates_removed": told.duplicates,
        "parts": [{key: value for key, value in part.items() if key != "kinds"} for part in told.parts],
        "parquet": parquet,
        "seen_fields": sorted(seen),
        "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
        **facts,
    }
    write_json(draft / MANIFEST, content)
    return _published(draft)


def _turn_pages(solr: Solr, plan: Plan, journal: "_Journal", num_found: int) -> None:
    start, before = time.monotonic(), journal.rows
    told_at = start
    if before:
        logger.info(
            "harvest %s: %s of %s documents are here; going on", plan.query.core, f"{before:,}", f"{num_found:,}"
        )
    while not journal.is_complete:
        page = solr.page(plan.query, plan.sorted_by, plan.rows, journal.cursor)
        if page.num_found != num_found:
            raise IndexChangedError(
                f"the index held {num_found:,} documents at the start and {page.num_found:,} after {journal.rows:,}"
            )
        journal.add(page)
        if journal.rows > 2 * num_found + plan.rows:
            raise IndexChangedError(f"{journal.rows:,} documents came and SOLR counts {num_found:,}")
        told_at = _told(plan, journal.rows, before, num_found, (start, told_at))


def _told(plan: Plan, rows: int, before: int, num_found: int, times: tuple[float, float]) -> float:
    """Say now and then how far the harvest is; return when that was said last."""
    (start, told_at), now = times, time.monotonic()
    if now - told_at < PROGRESS_SECONDS:
        return told_at
    left = (now - start) / max(rows - before, 1) * max(num_found - rows, 0)
    done = f"{rows:,} of {num_found:,} ({rows / num_found:.0%})"
    logger.info("harvest %s: %s, about %.0f s left", plan.query.core, done, left)
    return now


class _Journal:
    """The pages that came, in their order; one that was cut while it was written counts as not come."""

    def __init__(self, draft: Path, plan: Plan, num_found: int) -> None:
        asked = [plan.query.core, plan.query.text, plan.query.filters, plan.query.fields]
        self.head = json.loads(
            json.dumps({"asked": asked, "by": plan.sorted_by, "rows": plan.rows, "found": num_found})
        )
        self.draft = draft
        self.path = draft / JOURNAL
        self.parts: list[Entry] = []
        self.cursor = FIRST_CURSOR
        self.is_complete = False
        lines = _lines(self.path)
        if not lines or lines[0] != self.head:
            # Another question, or the index counts otherwise than when the draft was begun.
            rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
            lines = [self.head]
        for line in lines[1:]:
            if not _is_here(draft, line):
                break
            self._take(line)
        kept = [self.head, *self.parts]
        self.path.write_text("".join(f"{json.dumps(line)}\n" for line in kept))

    @property
    def rows(self) -> int:
        return sum(part["rows"] for part in self.parts)

    def add(self, page: Page) -> None:
        """Keep a page: its documents first, then its note."""
        is_last = page.next_cursor == self.cursor
        if not page.documents and not is_last:
            raise IndexChangedError(f"an empty page came after {self.rows:,} documents, and another was announced")
        if not page.documents:
            self.is_complete = True
            return
        path = self.draft / f"part-{len(self.parts):05d}.json.gz"
        write_part(path, page.documents)
        entry = {
            "path": path.name,
            "rows": len(page.documents),
            "bytes": path.stat().st_size,
            "sha256": sha256(path),
            "cursor": self.cursor,
            "next_cursor": page.next_cursor,
            "kinds": kinds(page.documents),
        }
        with self.path.open("a") as file:
            file.write(f"{json.dumps(entry)}\n")
        self._take(entry)

    def _take(self, entry: Entry) -> None:
        self.parts.append(entry)
        self.is_complete = entry["next_cursor"] == self.cursor
        self.cursor = entry["next_cursor"]


def write_part(path: Path, documents: list[dict[str, Any]]) -> None:
    """Write documents as JSON lines whose bytes depend on nothing else, whole or not at all."""
    text = "".join(f"{json.dumps(document, sort_keys=True, ensure_ascii=False)}\n" for document in documents)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(gzip.compress(text.encode(), COMPRESSION, mtime=0))
    fresh.replace(path)


def _lines(path: Path) -> list[Entry]:
    lines: list[Entry] = []
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            lines.append(json.loads(line))
        except json.JSONDecodeError:
            break
    return lines


def _seen(parts: list[Entry]) -> dict[str, set[str]]:
    seen: dict[str, set[str]] = {}
    for part in parts:
        for field, found in part["kinds"].items():
            seen.setdefault(field, set()).update(found)
    return seen


def _is_here(place: Path, part: Entry) -> bool:
    path = place / part["path"]
    return path.exists() and bool(path.stat().st_size == part["bytes"])


def _restore(place: Path) -> None:
    """Put back a harvest that was moved away when somebody was killed between the renames below."""
    old = place.with_name(f"{place.name}.old.draft")
    if old.exists() and not place.exists():
        old.rename(place)
    rmtree(old, ignore_errors=True)


def _published(draft: Path) -> Path:
    place, old = draft.with_suffix(""), draft.with_suffix(".old.draft")
    for leftover in draft.glob("*.new"):
        leftover.unlink()
    if place.exists():
        place.rename(old)
    draft.rename(place)
    # Not before: a draft without its journal is taken for another question's, and begun anew.
    (place / JOURNAL).unlink()
    rmtree(old, ignore_errors=True)
    return place
