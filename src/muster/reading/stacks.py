"""Reports that stack several tables in one file: only the first is read."""

import csv
import gzip
from itertools import islice
from pathlib import Path
from typing import Literal, TextIO, cast


def first_section(path: Path, target: Path) -> Path:
    """Return a file with the first table of `path`: `path` itself where nothing follows it, else a cut copy."""
    with _text(path, "rt") as file:
        records = csv.reader(file)
        end = next((records.line_num for cells in records if _is_separator(cells)), None)
    if end is None:
        return path
    with _text(path, "rt") as file, _text(target, "wt") as kept:
        kept.writelines(islice(file, end - 1))
    return target


def _text(path: Path, mode: Literal["rt", "wt"]) -> TextIO:
    return cast(TextIO, gzip.open(path, mode, encoding="utf-8", errors="surrogateescape", newline=""))


def _is_separator(cells: list[str]) -> bool:
    return len(cells) <= 1 and not "".join(cells).strip()
