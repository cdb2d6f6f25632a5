"""The companion files: ontology, orthologues, networks and the like, kept as sets that releases share."""

import hashlib
import logging
import os
from pathlib import Path

import duckdb

from muster.catalog import SourceFile, catalog, companions_place
from muster.lake import draft, write_json
from muster.landing import files
from muster.landing.files import Entry, land
from muster.locks import exclusive
from muster.mirrors.connection import Connection
from muster.mirrors.discovery import Found, find_companions, required
from muster.reading import formats
from muster.reading.conversions import readable, stated_version
from muster.reading.malformed import MalformedFileError, explained
from muster.settings import settings

logger = logging.getLogger(__name__)

SET_DIGITS = 12
INCOMING = "incoming"
CHECKED = "checked"


class CompanionsError(RuntimeError):
    """A companion file that nothing works without is absent, or one is unusable."""


def place() -> str | None:
    """Return where the companion files come from, None where nothing says."""
    return companions_place()


def folder(companion_set: str) -> Path:
    """Return the folder of a set."""
    return settings().landing / "companions" / companion_set


def is_landed(companion_set: str) -> bool:
    """Return whether a set is here."""
    return (folder(companion_set) / "manifest.json").exists()


def land_companions(connection: Connection) -> str:
    """Fetch the companion files that changed and return the set they form, read through once.

    Raises:
        CompanionsError: names the files and what to do; the sets that landed before stay as they are.
    """
    incoming = folder(INCOMING)
    with exclusive(incoming.with_name("companions.lock"), "fetch of companions"):
        found = find_companions(connection, place())
        lacking = required(catalog().companions, found.absent)
        if lacking:
            reasons = "; ".join(dict.fromkeys(lacking.values()))
            raise CompanionsError(f"nothing works without the companions {', '.join(lacking)}: {reasons}")
        sources = _forms(found)
        entries, faults = land(connection, found, sources, incoming)
        if faults:
            raise CompanionsError(f"companion files are unusable: {'; '.join(faults)}; mend them in {place()}")
        for name, reason in found.absent.items():
            logger.info("fetch: no companion %s: %s", name, reason)
        return _joined_set(_described(entries, sources, incoming), sources, found.absent, incoming)


def _forms(found: Found) -> dict[str, SourceFile]:
    """Return each companion as the form in which it is there."""
    declared = catalog().companions
    return {
        name: declared[name].form_at(remotes[0].path).model_copy(update={"path": remotes[0].path})
        for name, remotes in found.remotes.items()
    }


def _described(entries: dict[str, Entry], sources: dict[str, SourceFile], incoming: Path) -> dict[str, Entry]:
    return {
        name: {
            **entry,
            "path": sources[name].path,
            "version": stated_version(sources[name], files.paths(entry, incoming)[0]),
            "licence": sources[name].licence,
        }
        for name, entry in entries.items()
    }


def _joined_set(
    entries: dict[str, Entry], sources: dict[str, SourceFile], absent: dict[str, str], incoming: Path
) -> str:
    lines = [f"{name} {entry['sha256']}" for name, entry in sorted(entries.items())]
    companion_set = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:SET_DIGITS]
    if not is_landed(companion_set):
        for name, entry in entries.items():
            _read_through(name, sources[name], files.paths(entry, incoming))
        with draft(folder(companion_set)) as fresh:
            for part in [part for entry in entries.values() for part in files.parts(entry)]:
                (fresh / part["path"]).parent.mkdir(parents=True, exist_ok=True)
                os.link(incoming / part["path"], fresh / part["path"])
            content = {"set": companion_set, "place": place(), "files": entries, "absent": absent}
            write_json(fresh / "manifest.json", content)
    return companion_set


def _read_through(name: str, source: SourceFile, paths: list[Path]) -> None:
    """Refuse a file that could not be loaded while the releases still point at the sets before."""
    try:
        with readable(source, paths, folder(CHECKED)) as (plain, ready), duckdb.connect() as connection:
            found = formats.table(name, plain, ready)
            try:
                connection.execute(f"select max(hash(columns(*))) from ({formats.select(found)})")
            except duckdb.Error as error:
                raise explained(error, ready) from error
    except (formats.SchemaError, MalformedFileError) as error:
        raise CompanionsError(
            f"{error}; this companion comes from {place()}: mend it there and fetch again"
            " (the companions that landed before stay in use)"
        ) from error
