"""A file that is on its way: the bytes that came, and which version of the file they belong to."""

import base64
import binascii
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from muster.lake import write_json


@dataclass(frozen=True)
class Remote:
    """A file on a mirror, as its headers (and the mirror's file of checksums, if any) describe it."""

    path: str
    url: str
    bytes: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    md5: str | None = None

    @property
    def version(self) -> str:
        """What changes when the mirror puts another file in its place."""
        return self.etag or f"{self.last_modified} {self.bytes}"

    @property
    def is_told_apart(self) -> bool:
        """Whether anything tells two versions of it apart."""
        return any(known is not None for known in (self.etag, self.last_modified, self.bytes, self.md5))

    def agrees_with(self, other: "Remote") -> bool:
        """Return whether nothing that both descriptions know tells two versions apart.

        >>> Remote("a", "u", 7, 'W/"x"').agrees_with(Remote("a", "u", None, '"x"'))
        True
        """
        if self.etag and other.etag:
            # A server may call the same tag weak in one answer and strong in the next.
            return self.etag.removeprefix("W/") == other.etag.removeprefix("W/")
        known = ((self.last_modified, other.last_modified), (self.bytes, other.bytes))
        return all(ours == theirs for ours, theirs in known if ours is not None and theirs is not None)


def described(path: str, url: str, answer: httpx.Response) -> Remote:
    """Return the file an answer's headers describe."""
    length = answer.headers.get("Content-Length", "")
    size = int(length) if length.isdecimal() else None
    headers = answer.headers
    return Remote(path, url, size, headers.get("ETag"), headers.get("Last-Modified"), _md5(headers.get("Content-MD5")))


def _md5(header: str | None) -> str | None:
    try:
        return base64.b64decode(header, validate=True).hex() if header else None
    except binascii.Error:
        return None


class PartialFile:
    """The bytes of a file that came so far, and which version of the file they belong to."""

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(f"{target.name}.part")
        self.note = target.with_name(f"{target.name}.part.json")

    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def validator(self) -> str:
        """What If-Range may ask for: a strong ETag or a date; empty where neither is known."""
        note = self._noted()
        etag = note.get("etag") or ""
        return str(note.get("last_modified") or "") if not etag or etag.startswith("W/") else str(etag)

    def begin(self, remote: Remote, answer: httpx.Response, start: int) -> Remote:
        """Return the file that is served, once its version is noted; its bytes go on at `start` or begin anew.

        Raises:
            ReadError: what is sent does not go on where the file stopped; it begins anew with the next try.
        """
        served = described(remote.path, remote.url, answer)
        if answer.status_code == httpx.codes.PARTIAL_CONTENT:
            return self._continued(served, answer, start)
        self.path.unlink(missing_ok=True)
        write_json(self.note, {"etag": served.etag, "last_modified": served.last_modified, "bytes": served.bytes})
        return served

    def _continued(self, served: Remote, answer: httpx.Response, start: int) -> Remote:
        span = re.fullmatch(rf"bytes {start}-\d+/(\d+|\*)", answer.headers.get("Content-Range", "").strip())
        if span is None or not start:
            self.discard()
            raise httpx.ReadError(f"{served.url}: another range than the one asked for")
        total = None if span[1] == "*" else int(span[1])
        note = self._noted()
        kept = Remote(served.path, served.url, note.get("bytes"), note.get("etag"), note.get("last_modified"))
        # A server that overlooks If-Range would have us join two files.
        is_same_size = None in (kept.bytes, total) or kept.bytes == total
        if not is_same_size or not kept.agrees_with(replace(served, bytes=total)):
            self.discard()
            raise httpx.ReadError(f"{served.url}: changed while it was fetched")
        return replace(kept, bytes=total if total is not None else kept.bytes)

    def completed(self, remote: Remote, answer: httpx.Response) -> Remote:
        """Return the file if nothing is left to ask for, else start afresh."""
        total = answer.headers.get("Content-Range", "").rpartition("/")[2]
        note = self._noted()
        kept = Remote(remote.path, remote.url, self.size(), note.get("etag"), note.get("last_modified"))
        if note and total == str(self.size()) and kept.agrees_with(remote):
            return kept
        self.discard()
        raise httpx.ReadError(f"{remote.url}: changed while it was fetched")

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def finish(self, target: Path) -> None:
        self.path.replace(target)
        self.note.unlink(missing_ok=True)

    def _noted(self) -> dict[str, Any]:
        note: dict[str, Any] = json.loads(self.note.read_text()) if self.note.exists() else {}
        return note
