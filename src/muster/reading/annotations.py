"""GO annotations in the GO consortium's association format (GAF 2.x)."""

import gzip
import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import TextIO, cast

from muster.reading.malformed import SHOWN, MalformedFileError

#: Columns 1 to 15 of GAF 2.x are required in every line (16 and 17 were added later and may be left out).
LEAST_CELLS = 15
DATABASE, GENE, SYMBOL, QUALIFIER, TERM, REFERENCE, EVIDENCE, ASPECT = 0, 1, 2, 3, 4, 5, 6, 8
REMEDY = "compare with the file the GO consortium publishes, and fetch it again"

Annotation = dict[str, str]


def read_annotations(path: Path) -> Iterator[Annotation]:
    """Yield each line of a GAF file: gene, symbol, GO term, qualifier, evidence code, aspect and reference.

    Raises:
        MalformedFileError: with the line that is none.
    """
    is_any = False
    with _text(path) as file:
        for number, line in enumerate(file, start=1):
            if line.startswith("!") or not line.strip():
                continue
            is_any = True
            yield _annotation(path, number, line.rstrip("\r\n"))
    if not is_any:
        raise MalformedFileError(f"{path.name}: holds no annotation; {REMEDY}")


def annotations_version(path: Path) -> str:
    """Return the day the header of a GAF file says it was made, empty where it says none."""
    with _text(path) as file:
        for line in takewhile(lambda each: each.startswith("!"), file):
            if found := re.match(r"!\s*(?:date-generated|date|Generated):\s*(\S+)", line):
                return found[1][:10]
    return ""


def is_negated(qualifier: str) -> bool:
    """Return whether an annotation says that the gene does *not* have the term.

    >>> is_negated("NOT|enables"), is_negated("acts_upstream_of")
    (True, False)
    """
    return "NOT" in qualifier.split("|")


def _annotation(path: Path, number: int, line: str) -> Annotation:
    cells = line.split("\t")
    if len(cells) < LEAST_CELLS or not cells[TERM].startswith("GO:"):
        wrong = f"{len(cells)} columns" if len(cells) < LEAST_CELLS else f"{cells[TERM]!r} in column 5"
        raise MalformedFileError(
            f"{path.name} line {number}: {wrong}, where GAF has at least {LEAST_CELLS} with a GO id in column 5."
            f" It reads: {line[:SHOWN]!r}; {REMEDY}"
        )
    gene = cells[GENE]
    return {
        "term_id": cells[TERM],
        "gene_id": gene if ":" in gene else f"{cells[DATABASE]}:{gene}",
        "mouse_symbol": cells[SYMBOL],
        "qualifier": cells[QUALIFIER],
        "evidence": cells[EVIDENCE],
        "aspect": cells[ASPECT],
        "reference": cells[REFERENCE],
    }


def _text(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return cast(TextIO, gzip.open(path, "rt", encoding="utf-8", errors="replace"))
    return path.open(encoding="utf-8", errors="replace")
