"""Files brought from a mirror into a folder: verified one by one, noted in a journal, never fetched twice."""

import hashlib
import json
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from muster.catalog import SourceFile
from muster.lake import write_json
from muster.landing.integrity import Contents, UnusableFileError, sha256, verify
from muster.landing.progress import Progress
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
        self._lock = threading.Lock()

    def has(self, remote: Remote) -> bool:
        """Return whether exactly this version of a file is here."""
        entry = self.entries.get(remote.path)
        file = self.folder / remote.path
        return (
            entry is not None
            # Of a file that tells nothing of its version, the address is all that can differ.
            and (remote.is_told_apart or entry["url"] == remote.url)
            and remote_of(entry).agrees_with(remote)
            and remote.md5 in (None, entry.get("md5"))
            and file.exists()
            and file.stat().st_size == entry["bytes"]
        )

    def add(self, entry: Entry) -> None:
        """Note a verified file; threads may."""
        with self._lock:
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


def landed(folder: Path) -> dict[str, Entry]:
    """Return the files that the manifest of a landed folder names, by path; empty where there is no manifest."""
    path = folder / "manifest.json"
    entries = json.loads(path.read_text())["files"].values() if path.exists() else []
    return {part["path"]: part for entry in entries for part in parts(entry)}


def parts(entry: Entry) -> list[Entry]:
    """Return the entries of the files of a source: its parts, or itself."""
    found: list[Entry] = entry.get("parts", [entry])
    return found


def paths(entry: Entry, folder: Path) -> list[Path]:
    """Return where the files of a source lie."""
    return [folder / part["path"] for part in parts(entry)]


def remote_of(entry: Entry) -> Remote:
    """Return a landed file as the mirror described it when it came."""
    return Remote(entry["path"], entry["url"], entry["bytes"], entry["etag"], entry["last_modified"])


def lacking(found: Found, folder: Path) -> list[Remote]:
    """Return the found files that are not in `folder` yet."""
    journal = Journal(folder)
    return [remote for remotes in found.remotes.values() for remote in remotes if not journal.has(remote)]


def land(
    connection: Connection, found: Found, sources: dict[str, SourceFile], folder: Path
) -> tuple[dict[str, Entry], list[str]]:
    """Bring every found file into `folder`; return its manifest entries by name, and what is unusable.

    A source of several parts has one entry with `parts`; its sha256 is that of its parts' sha256s.
    """
    journal = Journal(folder)
    missing = [
        (name, remote) for name, remotes in found.remotes.items() for remote in remotes if not journal.has(remote)
    ]
    faults: dict[str, list[str]] = {}
    progress = Progress(sum(remote.bytes or 0 for _, remote in missing))
    with _workers(connection) as pool:
        outcomes = pool.map(lambda each: _outcome(connection, each[1], sources[each[0]], journal, progress), missing)
        # In the order of the list, whichever of them is done first.
        for number, ((name, remote), fault) in enumerate(zip(missing, outcomes, strict=True), start=1):
            if fault:
                faults.setdefault(name, []).append(f"{name}: {fault}")
            else:
                megabytes = journal.entries[remote.path]["bytes"] / 1e6
                logger.info("fetch %d/%d %s: %.1f MB", number, len(missing), remote.path, megabytes)
    entries: dict[str, Entry] = {}
    for name, remotes in found.remotes.items():
        if name not in faults:
            landed = [journal.entries[remote.path] for remote in remotes]
            is_joined = len(landed) > 1 or _is_folder(sources[name], remotes)
            entries[name] = _joined(landed) if is_joined else landed[0]
    return entries, [fault for told in faults.values() for fault in told]


@contextmanager
def _workers(connection: Connection) -> Iterator[ThreadPoolExecutor]:
    pool = ThreadPoolExecutor(connection.at_once, thread_name_prefix="fetch")
    try:
        yield pool
    except BaseException:
        # Nobody waits for the end of the other downloads: what came of them is kept.
        connection.stop()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _outcome(connection: Connection, remote: Remote, source: SourceFile, journal: Journal, progress: Progress) -> str:
    """Land one file; return what makes it unusable, empty where nothing does."""
    try:
        _land_one(connection, remote, source, journal, progress)
    except UnusableFileError as error:
        return str(error)
    return ""


def _land_one(connection: Connection, remote: Remote, source: SourceFile, journal: Journal, progress: Progress) -> None:
    target = journal.folder / remote.path
    served = connection.download(remote, target, progress.add)
    try:
        contents = _verified(target, remote, source)
    except UnusableFileError:
        # Once more from the first byte: the harm may have been done on the way.
        target.unlink()
        served = connection.download(remote, target, progress.add)
        contents = _verified_or_removed(target, remote, source)
    journal.add(
        {
            "path": remote.path,
            "url": remote.url,
            "bytes": served.bytes,
            "sha256": sha256(target),
            "md5": remote.md5,
            "lines": contents.lines,
            "etag": served.etag,
            "last_modified": served.last_modified,
            "header_hash": header_hash(source, target),
            "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
    )


def _verified(target: Path, remote: Remote, source: SourceFile) -> Contents:
    contents = verify(target, remote.md5)
    # Spark writes parts without a record; a report without even a row is an export that failed.
    has_header = source.format in {"csv", "tsv"} and not source.header
    has_rows = source.format == "jsonl" or contents.lines is None or contents.lines > has_header
    if not has_rows and not source.may_be_empty:
        what = "nothing" if contents.is_empty else "a header and no row"
        raise UnusableFileError(
            f"{target.name} is empty: it holds {what}; where that is right, say `may_be_empty: true` in sources.yml"
        )
    return contents


def _verified_or_removed(target: Path, remote: Remote, source: SourceFile) -> Contents:
    try:
        return _verified(target, remote, source)
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
        "md5": None,
        "lines": sum(part["lines"] or 0 for part in parts),
        "etag": None,
        "last_modified": None,
        "header_hash": _hash_of(sorted({part["header_hash"] or "" for part in parts}))[:12],
        "fetched_at": max(part["fetched_at"] for part in parts),
        "parts": parts,
    }


def _hash_of(hashes: list[str]) -> str:
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()
