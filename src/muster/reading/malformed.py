"""What DuckDB found wrong in a file, said so that somebody can mend it: file, line, value, remedy."""

import gzip
import json
import re
from itertools import islice
from pathlib import Path

import duckdb

SHOWN = 200
REMEDY = "compare with the mirror's file; if it reads the same there, the mirror has to mend it, else fetch again"


class MalformedFileError(ValueError):
    """A file holds a row that cannot be read."""


def explained(error: duckdb.Error, paths: list[Path]) -> MalformedFileError:
    """Return DuckDB's error about one of `paths` in our words."""
    text = str(error)
    path = next((path for path in paths if str(path) in text), paths[0])
    if csv := re.search(r"CSV Error on Line: (\d+)\nOriginal Line: ?(.*?)\n(.*?)\n(?:\n|Possible)", text, re.DOTALL):
        line, value, reason = int(csv[1]), csv[2], csv[3].strip()
    elif found := re.search(r"Malformed JSON in file .* in line (\d+): (.*)", text):
        # DuckDB may name the line after the one that does not end.
        line, value = _broken_line(path, max(1, int(found[1]) - 2))
        reason = found[2].strip()
    else:
        return MalformedFileError(f"{path.name}: {text.splitlines()[0]}; {REMEDY}")
    shown = value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
    return MalformedFileError(f"{path.name} line {line}: {' '.join(reason.split())} It reads: {shown!r}; {REMEDY}")


def _broken_line(path: Path, start: int) -> tuple[int, str]:
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(islice(file, start - 1, None), start=start):
            try:
                json.loads(line) if line.strip() else None
            except json.JSONDecodeError:
                return number, line.rstrip("\n")
    return start, ""
