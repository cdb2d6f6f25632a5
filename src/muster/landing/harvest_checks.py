"""Whether what came is what the index counted: no document short, none twice."""

import gzip
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from muster.landing.integrity import sha256

logger = logging.getLogger(__name__)

#: Numbers the index gives to a copy of a document; copies that differ in these alone are one document.
COPY_NUMBER = "_version_"
SHOWN = 5

Entry = dict[str, Any]


class IndexChangedError(RuntimeError):
    """What came does not add up to what the index counted."""


@dataclass(frozen=True)
class Reconciled:
    """The parts after identical copies went, and how many went."""

    parts: list[Entry]
    duplicates: int


def reconcile(draft: Path, parts: list[Entry], identity: str, sorted_by: str, num_found: int) -> Reconciled:
    """Return the parts with each document once.

    Raises:
        IndexChangedError: fewer or more documents came than SOLR counts, or one key stands for different documents.
    """
    arrived = sum(part["rows"] for part in parts)
    paths = [str(draft / part["path"]) for part in parts]
    with duckdb.connect() as connection:
        key = _key(connection, paths, identity, sorted_by)
        repeated = _repeated(connection, paths, key, {COPY_NUMBER, sorted_by} - {key})
    conflicting = sorted(found for found, kinds in repeated.items() if kinds > 1)
    if conflicting:
        shown = ", ".join(conflicting[:SHOWN])
        raise IndexChangedError(
            f"{len(conflicting):,} values of {key} stand for different documents, such as {shown} "
            f"({arrived:,} came, SOLR counts {num_found:,})"
        )
    kept, removed = _without_copies(draft, parts, key, set(repeated)) if repeated else (parts, 0)
    if num_found not in (arrived, arrived - removed):
        raise IndexChangedError(
            f"{arrived:,} documents came ({removed:,} of them copies) and SOLR counts {num_found:,}"
        )
    if removed:
        logger.warning("harvest: %s documents came more than once, all alike; one of each is kept", f"{removed:,}")
    return Reconciled(kept, removed)


def _key(connection: duckdb.DuckDBPyConnection, paths: list[str], identity: str, sorted_by: str) -> str:
    query = "select count(*), count(json ->> ?) from read_ndjson_objects(?)"
    ((rows, named),) = connection.execute(query, [_path(identity), paths]).fetchall()
    return identity if rows == named else sorted_by


def _repeated(connection: duckdb.DuckDBPyConnection, paths: list[str], key: str, numbers: set[str]) -> dict[str, int]:
    """Return keys that came more than once, and how many different documents stand behind each."""
    without = json.dumps(dict.fromkeys(numbers))
    copies = (
        "select json ->> $path as key, json_merge_patch(json, $numbers::json)::varchar as content"
        " from read_ndjson_objects($files)"
    )
    query = f"select key, count(distinct content) from ({copies}) where key in ({{}}) group by key"
    keys = "select json ->> $path as key from read_ndjson_objects($files)"
    many = f"select key from ({keys}) group by key having count(*) > 1"
    bound = {"path": _path(key), "files": paths, "numbers": without}
    return dict(connection.execute(query.format(many), bound).fetchall())


def _without_copies(draft: Path, parts: list[Entry], key: str, repeated: set[str]) -> tuple[list[Entry], int]:
    met: set[str] = set()
    removed = 0
    kept: list[Entry] = []
    for part in parts:
        path = draft / part["path"]
        # Not splitlines: a text may hold a line separator of Unicode.
        lines = gzip.decompress(path.read_bytes()).decode().removesuffix("\n").split("\n")
        fresh = []
        for line in lines:
            name = str(json.loads(line).get(key))
            if name in met:
                continue
            if name in repeated:
                met.add(name)
            fresh.append(line)
        if len(fresh) < len(lines):
            removed += len(lines) - len(fresh)
            _replace(path, fresh)
        kept.append({**part, "rows": len(fresh), "bytes": path.stat().st_size, "sha256": sha256(path)})
    return kept, removed


def _replace(path: Path, lines: list[str]) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0))
    fresh.replace(path)


def _path(field: str) -> str:
    return f'$."{field}"'
