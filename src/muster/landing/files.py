"""Files brought from a mirror into a folder: verified one by one, noted in a journal, never fetched twice."""

import hashlib
import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from muster.catalog import SourceFile
from muster.lake import write_json
from muster.landing.integrity import UnusableFileError, sha256, verify
from muster.mirrors.connection import Connection
from muster.mirrors.discovery import Found
from muster.mirrors.partial import Remote
from muster.reading.formats import header_hash
from muster.settings import settings

logger = logging.getLogger(__name__)

JOURNAL = "journal.json"

Entry = dict[str, Any]


class NotFetchedError(RuntimeError):
    """A release was asked for that is not in the landing folder."""


class Journal:
    """What already lies in a folder, by path; survives whatever ends the process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / JOURNAL
        self.entries: dict[str, Entry] = json.loads(self.path.read_text()) if self.path.exists() else {}

    def has(self, remote: Remote) -> bool:
        """Return whether exactly this version of a file is here."""
        entry = self.entries.get(remote.path)
        file = self.folder / remote.path
        return (
            entry is not None
            and version(entry) == remote.version
            and file.exists()
            and file.stat().st_size == entry["bytes"]
        )

    def add(self, entry: Entry) -> None:
        """Note a verified file."""
        self.entries[entry["path"]] = entry
        write_json(self.path, self.entries)


def manifest(release: str) -> Entry:
    """Return the manifest of a landed release.

    Raises:
        NotFetchedError: with the command that fetches it.
    """
    path = settings().landing / "impc" / release / "manifest.json"
    if not path.exists():
        raise NotFetchedError(f"release {release} is not here: run `muster fetch {release}` first")
    content: Entry = json.loads(path.read_text())
    return content


def parts(entry: Entry) -> list[Entry]:
    """Return the entries of the files of a source: its parts, or itself."""
    found: list[Entry] = entry.get("parts", [entry])
    return found


def paths(entry: Entry, folder: Path) -> list[Path]:
    """Return where the files of a source lie."""
    return [folder / part["path"] for part in parts(entry)]


def version(entry: Entry) -> str:
    """Return the version of a landed file as `Remote.version` says it of the mirror's."""
    return Remote(entry["path"], entry["url"], entry["bytes"], entry["etag"], entry["last_modified"]).version


def land(
    connection: Connection, found: Found, sources: dict[str, SourceFile], folder: Path
) -> tuple[dict[str, Entry], list[str]]:
    """Bring every found file into `folder`; return its manifest entries by name, and what is unusable.

    A source of several parts has one entry with `parts`; its sha256 is that of its parts' sha256s.
    """
    journal = Journal(folder)
    missing = [remote for remotes in found.remotes.values() for remote in remotes if not journal.has(remote)]
    entries: dict[str, Entry] = {}
    faults: list[str] = []
    for name, remotes in found.remotes.items():
        usable = True
        for remote in (remote for remote in remotes if remote in missing):
            try:
                _land_one(connection, remote, sources[name], journal)
            except UnusableFileError as error:
                usable = False
                faults.append(f"{name}: {error}")
                continue
            place = f"{missing.index(remote) + 1}/{len(missing)}"
            logger.info("fetch %s %s: %.1f MB", place, remote.path, journal.entries[remote.path]["bytes"] / 1e6)
        if usable:
            landed = [journal.entries[remote.path] for remote in remotes]
            is_joined = len(landed) > 1 or _is_folder(sources[name], remotes)
            entries[name] = _joined(landed) if is_joined else landed[0]
    return entries, faults


def _land_one(connection: Connection, remote: Remote, source: SourceFile, journal: Journal) -> None:
    target = journal.folder / remote.path
    served = connection.download(remote, target)
    try:
        verify(target)
    except UnusableFileError:
        # Once more from the first byte: the harm may have been done on the way.
        target.unlink()
        served = connection.download(remote, target)
        _verify_or_remove(target)
    journal.add(
        {
            "path": remote.path,
            "url": remote.url,
            "bytes": served.bytes,
            "sha256": sha256(target),
            "etag": served.etag,
            "last_modified": served.last_modified,
            "header_hash": header_hash(source, target),
            "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
    )


def _verify_or_remove(target: Path) -> None:
    try:
        verify(target)
    except UnusableFileError:
        target.unlink()
        raise


def _is_folder(source: SourceFile, remotes: list[Remote]) -> bool:
    return not any(remotes[0].path == path for path in (source.path, *(era.path for era in source.eras)))


def _joined(parts: list[Entry]) -> Entry:
    return {
        "path": f"{parts[0]['path'].rpartition('/')[0]}/",
        "url": f"{parts[0]['url'].rpartition('/')[0]}/",
        "bytes": sum(part["bytes"] for part in parts),
        "sha256": _hash_of([part["sha256"] for part in parts]),
        "etag": None,
        "last_modified": None,
        "header_hash": _hash_of(sorted({part["header_hash"] or "" for part in parts}))[:12],
        "fetched_at": max(part["fetched_at"] for part in parts),
        "parts": parts,
    }


def _hash_of(hashes: list[str]) -> str:
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()
