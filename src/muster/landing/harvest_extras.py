"""Harvests handed to a release: extra rows of its raw tables, in folders that `load` picks up."""

import gzip
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from muster.catalog import Core, SourceFile, catalog, column_name
from muster.landing import extras
from muster.landing.harvest_checks import COPY_NUMBER
from muster.landing.harvests import write_part
from muster.landing.integrity import sha256
from muster.settings import settings

logger = logging.getLogger(__name__)

#: Of an image, these belong to its record; all else is its observation.
IMAGE_RECORDS = "image_records"

Entry = dict[str, Any]


def hand_over(harvest: Path, manifest: Entry, core: Core, release: str) -> list[Path]:
    """Return the folders written: one for each raw table the documents become rows of."""
    written = []
    for table in core.tables:
        reason = _reason_against(manifest, core, table, release)
        if reason:
            logger.warning(
                "harvest %s: no rows of %s for release %s: %s", manifest["query"]["core"], table, release, reason
            )
            _remove_replaced(_name(harvest, manifest, table), core, table, release)
            continue
        written.append(_write(harvest, manifest, table, release))
        logger.info(
            "harvest: %s rows of %s for release %s; run `muster load %s` to take them in",
            f"{manifest['rows']:,}",
            table,
            release,
            release,
        )
    return written


def _reason_against(manifest: Entry, core: Core, table: str, release: str) -> str:
    lacking = sorted(
        set(catalog().files[table].required) - set(_names(catalog().files[table], manifest["seen_fields"]))
    )
    if lacking:
        return f"they lack {', '.join(lacking)}; harvest them too (--fields)"
    if not core.fills_absent:
        return ""
    if not _landed(release).exists():
        return f"whether the release has its own is not known before `muster fetch {release}`"
    own = _own(table, release)
    return f"the release has its own, {own['path']}" if own else ""


def _remove_replaced(name: str, core: Core, table: str, release: str) -> None:
    """Remove what an earlier harvest handed over for a file that the release did not have yet."""
    is_there = (extras.folder(release) / name / extras.MANIFEST).exists()
    if core.fills_absent and is_there and _own(table, release):
        extras.remove(release, name)
        logger.warning("harvest: extra %s of release %s is removed: its own file takes its place", name, release)


def _landed(release: str) -> Path:
    return settings().landing / "impc" / release / "manifest.json"


def _own(table: str, release: str) -> Entry | None:
    landed = _landed(release)
    return json.loads(landed.read_text())["files"].get(table) if landed.exists() else None


def _names(source: SourceFile, fields: list[str]) -> list[str]:
    return [source.renamed.get(field, column_name(field)) if field != "_version_" else field for field in fields]


def _name(harvest: Path, manifest: Entry, table: str) -> str:
    return f"solr-{manifest['query']['core']}-{harvest.name}-{table}"


def _write(harvest: Path, manifest: Entry, table: str, release: str) -> Path:
    name = _name(harvest, manifest, table)
    with extras.drafted(release, name) as folder:
        files = []
        for part in manifest["parts"]:
            path = folder / part["path"]
            write_part(path, list(_rows(harvest / part["path"], manifest, table)))
            files.append(
                {
                    "path": part["path"],
                    "sha256": sha256(path),
                    "bytes": path.stat().st_size,
                    "rows": part["rows"],
                    "url": f"{manifest['url']}/{manifest['query']['core']}/select",
                }
            )
        content = {"name": name, "release": release, "table": table, "layout": "jsonl", "files": files}
        extras.describe(folder, content)
    return extras.folder(release) / name


def _rows(path: Path, manifest: Entry, table: str) -> Iterator[Entry]:
    """Give each document as a row of the table: its own columns, lists as the release's own files write them."""
    source, records = catalog().files[table], catalog().files[IMAGE_RECORDS].columns
    # What the index numbers its documents by says nothing, and would make equal rows look different.
    left_out = {COPY_NUMBER, *({manifest["sorted_by"]} - {manifest["identity"]})}
    for document in _documents(path):
        kept = {field: value for field, value in document.items() if field not in left_out}
        if table == IMAGE_RECORDS:
            yield {field: value for field, value in kept.items() if field in records}
        elif source.format == "jsonl":
            own = set(records) - {manifest["identity"]}
            yield {field: value for field, value in kept.items() if field not in own}
        else:
            # The reports join several values by a comma in one cell.
            yield {field: ",".join(map(str, each)) if isinstance(each, list) else each for field, each in kept.items()}


def _documents(path: Path) -> Iterator[Entry]:
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        for line in file:
            document: Entry = json.loads(line)
            yield document
