"""Tar archives unpacked whole or not at all: their checksum read, their end there, their size bounded."""

import gzip
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from muster.landing.integrity import BLOCK, GZIP_MAGIC, verify
from muster.limits import demand_space, size

SUFFIXES = (".tar.gz", ".tgz", ".tar")
#: What one archive may hold: more is unpacked by hand, its files added one by one.
LARGEST = 4 * 10**9


class ArchiveError(RuntimeError):
    """An archive is cut, damaged or too large."""


@contextmanager
def unpacked(path: Path, target: Path) -> Iterator[list[Path]]:
    """Give the files of an archive, which lie below `target` while the block runs, sorted.

    Raises:
        UnusableFileError: its gzip stream is cut or damaged.
        ArchiveError: it cannot be unpacked otherwise; with the remedy.
    """
    verify(path)
    shutil.rmtree(target, ignore_errors=True)
    try:
        _unpack(path, target)
        yield sorted(each for each in target.rglob("*") if each.is_file())
    finally:
        shutil.rmtree(target, ignore_errors=True)


def _unpack(path: Path, target: Path) -> None:
    try:
        # `verify` reads only what is called .gz.
        if path.suffix != ".gz":
            _read_through(path)
        with tarfile.open(path) as archive:
            needed = sum(member.size for member in archive.getmembers())
            if needed > LARGEST:
                raise ArchiveError(
                    f"{path.name} holds {size(needed)}, and none may hold more than {size(LARGEST)}: unpack it yourself"
                    " and add its files"
                )
            if not _has_end(archive):
                raise ArchiveError(f"{path.name} is cut or damaged: its end is missing; get it again")
            demand_space(target, needed, f"unpacking {path.name}")
            # The filter refuses members that would lie outside of the folder.
            archive.extractall(target, filter="data")
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArchiveError(
            f"{path.name} cannot be unpacked: {error}; get it again, or unpack it yourself and add its files"
        ) from error


def _read_through(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(len(GZIP_MAGIC)) != GZIP_MAGIC:
            return
    with gzip.open(path) as file:
        while file.read(BLOCK):
            pass


def _has_end(archive: tarfile.TarFile) -> bool:
    """Return whether reading stopped at the block of zeros that ends an archive: tarfile also stops at a bad one."""
    if archive.fileobj is None:
        return False
    archive.fileobj.seek(archive.offset)
    return archive.fileobj.read(tarfile.BLOCKSIZE) == tarfile.NUL * tarfile.BLOCKSIZE
