"""Whether a file that came is the file that was meant: whole, unharmed and no error page."""

import gzip
import hashlib
import zlib
from pathlib import Path

BLOCK = 1 << 20
GZIP_MAGIC = b"\x1f\x8b"


class UnusableFileError(RuntimeError):
    """The mirror serves a file that cannot be read."""


def sha256(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(path: Path) -> None:
    """Read a gzip file through, its checksum included; other files pass unless they are a web page.

    Raises:
        UnusableFileError: names the file and what is wrong with it.
    """
    with path.open("rb") as file:
        start = file.read(512)
    if start.lstrip().lower().startswith((b"<!doctype", b"<html")):
        raise UnusableFileError(f"{path.name} is a web page, not data: a proxy or an error page answered in its place")
    if path.suffix != ".gz":
        return
    if not start.startswith(GZIP_MAGIC):
        raise UnusableFileError(f"{path.name} is not gzip: it begins with {start[:16]!r}")
    try:
        with gzip.open(path) as file:
            while file.read(BLOCK):
                pass
    except EOFError:
        size = path.stat().st_size
        raise UnusableFileError(
            f"{path.name} is truncated: the gzip stream does not end within its {size:,} bytes"
        ) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UnusableFileError(f"{path.name} is damaged: {error}") from None
