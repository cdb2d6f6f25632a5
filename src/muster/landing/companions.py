"""The companion files: ontology, orthologues, networks and the like, kept as sets that releases share."""

import hashlib
import logging
import os
from pathlib import Path

from muster.catalog import catalog, companions_place
from muster.lake import draft, write_json
from muster.landing.files import Entry, land
from muster.locks import exclusive
from muster.mirrors.connection import Connection
from muster.mirrors.discovery import find_companions, required
from muster.settings import settings

logger = logging.getLogger(__name__)

SET_DIGITS = 12
INCOMING = "incoming"


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
    """Fetch the companion files that changed and return the set they form.

    Raises:
        CompanionsError: names the files and what to do.
    """
    incoming = folder(INCOMING)
    with exclusive(incoming.with_name("companions.lock"), "fetch of companions"):
        found = find_companions(connection, place())
        lacking = required(catalog().companions, found.absent)
        if lacking:
            reasons = "; ".join(dict.fromkeys(lacking.values()))
            raise CompanionsError(f"nothing works without the companions {', '.join(lacking)}: {reasons}")
        entries, faults = land(connection, found, catalog().companions, incoming)
        if faults:
            raise CompanionsError(f"companion files are unusable: {'; '.join(faults)}; mend them in {place()}")
        for name, reason in found.absent.items():
            logger.info("fetch: no companion %s: %s", name, reason)
        return _joined_set(entries, found.absent, incoming)


def _joined_set(entries: dict[str, Entry], absent: dict[str, str], incoming: Path) -> str:
    lines = [f"{name} {entry['sha256']}" for name, entry in sorted(entries.items())]
    companion_set = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:SET_DIGITS]
    if not is_landed(companion_set):
        with draft(folder(companion_set)) as fresh:
            for entry in entries.values():
                (fresh / entry["path"]).parent.mkdir(parents=True, exist_ok=True)
                os.link(incoming / entry["path"], fresh / entry["path"])
            content = {"set": companion_set, "place": place(), "files": entries, "absent": absent}
            write_json(fresh / "manifest.json", content)
    return companion_set
