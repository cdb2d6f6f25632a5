"""A file that is on its way: the bytes that came, and which version of the file they belong to."""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from muster.lake import write_json


@dataclass(frozen=True)
class Remote:
    """A file on a mirror, as its headers describe it."""

    path: str
    url: str
    bytes: int | None = None
    etag: str | None = None
    last_modified: str | None = None

    @property
    def version(self) -> str:
        """What changes when the mirror puts another file in its place."""
        return self.etag or f"{self.last_modified} {self.bytes}"


def described(path: str, url: str, answer: httpx.Response) -> Remote:
    """Return the file an answer's headers describe."""
    length = answer.headers.get("Content-Length")
    size = int(length) if length else None
    return Remote(path, url, size, answer.headers.get("ETag"), answer.headers.get("Last-Modified"))


class PartialFile:
    """The bytes of a file that came so far, and which version of the file they belong to."""

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(f"{target.name}.part")
        self.note = target.with_name(f"{target.name}.part.json")

    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def validator(self) -> str:
        """What If-Range may ask for: a strong ETag or a date; empty where neither is known."""
        if not self.note.exists():
            return ""
        note = json.loads(self.note.read_text())
        etag = note["etag"] or ""
        return str(note["last_modified"] or "") if not etag or etag.startswith("W/") else str(etag)

    def begin(self, remote: Remote, answer: httpx.Response, *, is_continued: bool) -> Remote:
        """Note the version before its first byte is kept."""
        served = described(remote.path, remote.url, answer)
        if is_continued:
            total = re.search(r"/(\d+)$", answer.headers["Content-Range"])
            note = json.loads(self.note.read_text())
            return replace(served, bytes=int(total[1]) if total else None, **note)
        self.path.unlink(missing_ok=True)
        write_json(self.note, {"etag": served.etag, "last_modified": served.last_modified})
        return served

    def completed(self, remote: Remote, answer: httpx.Response) -> Remote:
        """Return the file if nothing is left to ask for, else start afresh."""
        total = answer.headers.get("Content-Range", "").rpartition("/")[2]
        note = json.loads(self.note.read_text())
        if total == str(self.size()) and note["etag"] == remote.etag and note["last_modified"] == remote.last_modified:
            return replace(remote, bytes=self.size())
        self.discard()
        raise httpx.ReadError(f"{remote.url}: changed while it was fetched")

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def finish(self, target: Path) -> None:
        self.path.replace(target)
        self.note.unlink(missing_ok=True)
