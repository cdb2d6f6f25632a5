"""Whether a file that came is the file that was meant: whole, unharmed and no error page."""

import gzip
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path

BLOCK = 1 << 20
GZIP_MAGIC = b"\x1f\x8b"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class UnusableFileError(RuntimeError):
    """The mirror serves a file that cannot be read."""


@dataclass(frozen=True)
class Contents:
    """What was seen while a gzip file was read through; None of a file that is not compressed."""

    lines: int | None
    is_empty: bool


def sha256(path: Path) -> str:
    """Return the sha256 of a file."""
    return _digest(path, "sha256")


def verify(path: Path, md5: str | None = None) -> Contents:
    """Read a gzip file through, its checksum included; other files pass unless they are a web page.

    `md5` is the sum its mirror publishes, if any.

    Raises:
        UnusableFileError: names the file and what is wrong with it.
    """
    with path.open("rb") as file:
        start = file.read(512)
    if start.lstrip().lower().startswith((b"<!doctype", b"<html")):
        raise UnusableFileError(f"{path.name} is a web page, not data: a proxy or an error page answered in its place")
    if not start:
        raise UnusableFileError(f"{path.name} is empty: it has 0 bytes")
    contents = _read_through(path, start) if path.suffix == ".gz" else Contents(None, is_empty=False)
    # Last, because what is cut or an error page says more than two sums that differ.
    if md5 is not None and (came := _digest(path, "md5")) != md5:
        raise UnusableFileError(f"{path.name} is not what its mirror publishes: its md5 is {came}, announced is {md5}")
    return contents


def _read_through(path: Path, start: bytes) -> Contents:
    if not start.startswith(GZIP_MAGIC):
        raise UnusableFileError(f"{path.name} is not gzip: it begins with {start[:16]!r}")
    lines, first, last = 0, b"", b""
    try:
        with gzip.open(path) as file:
            while block := file.read(BLOCK):
                first = first or block[:2]
                last = block[-1:]
                lines += block.count(b"\n")
    except EOFError:
        size = path.stat().st_size
        raise UnusableFileError(
            f"{path.name} is truncated: the gzip stream does not end within its {size:,} bytes"
        ) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UnusableFileError(f"{path.name} is damaged: {error}") from None
    if first in UTF_16:
        raise UnusableFileError(f"{path.name} is written in UTF-16: IMPC's files are UTF-8, and nothing else is read")
    return Contents(lines + (last not in (b"", b"\n")), is_empty=not first)


def _digest(path: Path, kind: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()
