"""Plain JSON documents whose shape changes from release to release: read value by value."""

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from muster.reading.malformed import REMEDY, MalformedFileError


def write_values(path: Path, target: Path) -> Path:
    """Write `key_path,value`, a row a value, as gzip csv; return `target`.

    Raises:
        MalformedFileError: names the line that is no JSON.
    """
    try:
        document = json.loads(path.read_bytes())
    except json.JSONDecodeError as error:
        raise MalformedFileError(f"{path.name} line {error.lineno}: {error.msg}; {REMEDY}") from error
    except UnicodeDecodeError as error:
        raise MalformedFileError(f"{path.name}: byte {error.start} is not UTF-8; {REMEDY}") from error
    target.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(target, "wt", compresslevel=1, encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([("key_path", "value"), *values(document)])
    return target


def values(document: object, key_path: str = "") -> Iterator[tuple[str, str]]:
    """Return each value with the keys that lead to it, joined by `/`; places in a list count from 0.

    >>> list(values({"counts": {"23.0": {"genes": 9}}, "centres": ["JAX", None]}))
    [('counts/23.0/genes', '9'), ('centres/0', 'JAX'), ('centres/1', '')]
    """
    if isinstance(document, dict):
        below = list(document.items())
    elif isinstance(document, list):
        below = [(str(place), each) for place, each in enumerate(document)]
    else:
        text = document if isinstance(document, str) else json.dumps(document)
        yield key_path, "" if document is None else text
        return
    for key, value in below:
        yield from values(value, f"{key_path}/{key}" if key_path else str(key))
