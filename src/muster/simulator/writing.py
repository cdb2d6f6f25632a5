"""Files whose bytes depend on nothing but their content: no clock, no names, fixed compression."""

import csv
import json
from collections.abc import Iterable, Sequence
from gzip import GzipFile
from io import BytesIO, StringIO
from pathlib import Path
from typing import Literal

COMPRESSION = 4

Row = Sequence[object]


def write_gzip(path: Path, text: str) -> None:
    """Write `text` compressed; the header carries neither time nor file name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(compressed(text))


def compressed(text: str) -> bytes:
    """Return `text` as gzip bytes.

    >>> compressed("a") == compressed("a")
    True
    """
    buffer = BytesIO()
    with GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=COMPRESSION, mtime=0) as file:
        file.write(text.encode())
    return buffer.getvalue()


def table(
    header: Sequence[str], columns: Sequence[Iterable[object]], *, separator: str = ",", quote_all: bool = False
) -> str:
    r"""Return columns as delimited text.

    >>> table(["a", "b"], [[1, 2], ["x", "y,z"]])
    'a,b\n1,x\n2,"y,z"\n'
    """
    buffer = StringIO()
    quoting: Literal[0, 1] = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\n", quoting=quoting)
    if header:
        writer.writerow(header)
    writer.writerows(zip(*columns, strict=True))
    return buffer.getvalue()


def stacked(rows: Iterable[Row]) -> str:
    r"""Return rows of any length as comma-separated text, every cell quoted.

    >>> stacked([["a", 1], [""], ["note"]])
    '"a","1"\n""\n"note"\n'
    """
    buffer = StringIO()
    csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return buffer.getvalue()


def json_lines(documents: Iterable[dict[str, object]]) -> str:
    """Return one JSON document a line, keys without a value left out, as the bulk files do."""
    return "".join(
        f"{json.dumps({key: value for key, value in document.items() if value is not None})}\n"
        for document in documents
    )
