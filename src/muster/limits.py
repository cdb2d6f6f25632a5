"""What a machine runs out of, disk and memory, said with numbers and the remedy."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: As operating systems and DuckDB say it. A file that may not grow is a full disk to whoever writes it.
FULL = re.compile(r"No space left on device|Disk quota exceeded|File too large|max_temp_directory_size")
SCARCE = re.compile(r"Out of Memory Error|Cannot allocate memory|std::bad_alloc")


class NoSpaceError(RuntimeError):
    """The disk is full, or would be."""


class NoMemoryError(RuntimeError):
    """A step needs more memory than it may have."""


def size(count: float) -> str:
    """Return a number of bytes as a person says it.

    >>> size(999), size(4_458_965), size(12_300_000_000)
    ('999 B', '4.5 MB', '12.3 GB')
    """
    unit = next((unit for unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")) if count >= unit[0]), None)
    return f"{count / unit[0]:.1f} {unit[1]}" if unit else f"{count:.0f} B"


def free_bytes(folder: Path) -> int:
    """Return how much may still be written below `folder`, which need not be there yet."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(there).free


def demand_space(folder: Path, needed: float, purpose: str) -> None:
    """Refuse to begin what cannot end.

    Raises:
        NoSpaceError: with what is needed, what is free and what to do.
    """
    if (free := free_bytes(folder)) < needed:
        raise NoSpaceError(
            f"{purpose} needs {size(needed)} and {size(free)} are free in {folder}: free {size(needed - free)}"
            " (`muster forget RELEASE` removes an old release) or give a folder on a larger disk by --data"
        )


def is_limit(error: BaseException) -> bool:
    """Return whether the machine is at fault, not what was worked on."""
    return bool(FULL.search(str(error)) or SCARCE.search(str(error)))


@contextmanager
def told(doing: str, folder: Path, *, besides: type[Exception]) -> Iterator[None]:
    """Turn an error of a full disk or memory, whoever raises it, into one that says what to do.

    Errors of the kind `besides` quote what stands in files, and pass as they are.

    Raises:
        NoSpaceError: names the folder and what is free.
        NoMemoryError: names the setting that helps.
    """
    try:
        yield
    except (NoSpaceError, NoMemoryError, besides):
        raise
    except Exception as error:
        said = " ".join(str(error).split())[:300]
        if FULL.search(str(error)):
            raise NoSpaceError(
                f"{doing}: the disk is full ({size(free_bytes(folder))} free below {folder}): {said}; what is finished"
                f" is kept and nothing half-made is left: free some space and run `muster {doing}` again"
            ) from error
        if SCARCE.search(str(error)):
            raise NoMemoryError(
                f"{doing}: there is not enough memory: {said}; end other programs or, for `transform`, set"
                f" MUSTER_MEMORY, and run `muster {doing}` again"
            ) from error
        raise
