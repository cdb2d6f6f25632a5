"""What DuckDB found wrong in a file, said so that somebody can mend it: file, line, value, remedy."""

import gzip
import json
import re
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import duckdb

from muster.limits import is_limit

SHOWN = 200
#: What DuckDB reads as one line and as one JSON document.
LONGEST_LINE, LONGEST_RECORD = 2_000_000, 16_777_216
#: What DuckDB says of lines it cannot read, often without saying which.
UNREADABLE = re.compile(
    r"[Uu]nicode|[Uu][Tt][Ff]-?8|Parallel CSV Reader|maximum_object_size|[Mm]aximum line size|max_line"
)
REMEDY = "compare with the mirror's file; if it reads the same there, the mirror has to mend it, else fetch again"


class MalformedFileError(ValueError):
    """A file holds a row that cannot be read."""


def explained(error: duckdb.Error, paths: list[Path]) -> MalformedFileError:
    """Return DuckDB's error about one of `paths` in our words.

    Raises:
        Error: what was given, where the disk or the memory is at fault and not the file.
    """
    if is_limit(error):
        raise error
    text = str(error)
    path = next((path for path in paths if str(path) in text), paths[0])
    if UNREADABLE.search(text) and (found := unreadable_line(path)):
        line, value, reason = found
    elif csv := re.search(r"CSV Error on Line: (\d+)\nOriginal Line: ?(.*?)\n+([^\n]+)\n+Possible", text, re.DOTALL):
        line, value, reason = int(csv[1]), csv[2], csv[3].strip()
    elif json_error := re.search(r"Malformed JSON in file .* in line (\d+): (.*)", text):
        # DuckDB may name the line after the one that does not end.
        line, value = _broken_line(path, max(1, int(json_error[1]) - 2))
        reason = json_error[2].strip()
    else:
        return MalformedFileError(f"{path.name}: {text.splitlines()[0][:SHOWN]}; {REMEDY}")
    shown = value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
    told = " ".join(reason.split())[:SHOWN]
    return MalformedFileError(f"{path.name} line {line}: {told} It reads: {shown!r}; {REMEDY}")


def unreadable_line(path: Path) -> tuple[int, str, str] | None:
    """Return number, beginning and fault of the first line that is too long or not UTF-8, None where there is none."""
    longest = LONGEST_RECORD if ".json" in path.name else LONGEST_LINE
    with gzip.open(path, "rb") as file:
        number = 0
        while line := file.readline(longest + 1):
            number += 1
            if len(line) > longest:
                length = len(line) + _rest_of_line(file)
                reason = f"The line has {length:,} bytes, none may be longer than {longest:,}."
                return number, line[:SHOWN].decode(errors="replace"), reason
            try:
                line.decode()
            except UnicodeDecodeError as error:
                reason = f"Byte {line[error.start]:#04x} at position {error.start + 1} is not UTF-8 (in Latin-1 it is"
                reason += f" {line[error.start : error.start + 1].decode('latin-1')!r})."
                return number, line.decode(errors="replace").rstrip("\n"), reason
    return None


def _rest_of_line(file: BinaryIO | gzip.GzipFile) -> int:
    length = 0
    while block := file.readline(LONGEST_LINE):
        length += len(block)
        if block.endswith(b"\n"):
            break
    return length


def _broken_line(path: Path, start: int) -> tuple[int, str]:
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(islice(file, start - 1, None), start=start):
            try:
                json.loads(line) if line.strip() else None
            except json.JSONDecodeError:
                return number, line.rstrip("\n")
    return start, ""
