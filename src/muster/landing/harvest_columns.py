"""A harvest as one Parquet file: typed columns, lists as lists."""

import logging
from pathlib import Path
from typing import Any

import duckdb

from muster.landing.integrity import sha256
from muster.mirrors.connection import Connection
from muster.mirrors.solr import HarvestError, Schema, Solr, near_names
from muster.mirrors.solr_fields import LIST, known_types, published_types, settled

logger = logging.getLogger(__name__)

PARQUET = "harvest.parquet"


class MissingFieldsError(HarvestError):
    """Fields were asked for that the index does not have: SOLR would leave them out without a word."""


def field_types(connection: Connection, place: str | None, documented_as: str, schema: Schema | None) -> dict[str, str]:
    """Return the SQL type of every field somebody tells of: the published list below `place`, and the index."""
    return known_types(published_types(connection, place, documented_as), schema)


def demand_fields(solr: Solr, core: str, fields: tuple[str, ...], known: dict[str, str]) -> None:
    """Ask the index about every field that nobody tells of.

    Raises:
        MissingFieldsError: names them and near names.
    """
    wrong = [field for field in fields if field not in known and not solr.has_field(core, field)]
    if wrong:
        raise MissingFieldsError(
            f"{core} has no {near_names(wrong, sorted(known))}: SOLR would leave it out without a word; mend --fields"
        )


def write_parquet(
    folder: Path, parts: list[Path], declared: dict[str, str], seen: dict[str, set[str]]
) -> dict[str, Any]:
    """Write the documents as `harvest.parquet`, in their order, and return its entry for the manifest."""
    spellings = _spellings(sorted(seen), declared)
    kinds = {name: set().union(*(seen[field] for field in fields)) for name, fields in spellings.items()}
    columns = {name: settled(declared.get(name), kinds[name]) for name in spellings}
    for field, kind in columns.items():
        if field in declared and kind != declared[field]:
            logger.warning("harvest: %s is declared as %s and came as %s", field, declared[field], kind)
    mixed = {field for field, kind in columns.items() if kind.endswith(LIST) and not _are_lists(kinds[field])}
    if len(spellings) == len(seen):
        read = ", ".join(f"{_text(field)}: '{'JSON' if field in mixed else kind}'" for field, kind in columns.items())
        cells = [_cell(_quoted(name), kind, is_mixed=name in mixed) for name, kind in columns.items()]
        relation = f"read_json($files, format = 'newline_delimited', columns = {{{read}}})"
    else:
        # read_json cannot tell pvalue from pValue; reading by path can, more slowly.
        cells = [
            f"coalesce({', '.join(_cell_at(field, columns[name]) for field in fields)})"
            for name, fields in spellings.items()
        ]
        relation = "read_ndjson_objects($files)"
    named = ", ".join(f"{cell} as {_quoted(name)}" for cell, name in zip(cells, columns, strict=True))
    target = folder / PARQUET
    with duckdb.connect() as connection:
        files = [str(part) for part in parts]
        connection.execute(
            f"copy (select {named} from {relation}) to {_text(str(target))} (format parquet, compression zstd)",
            {"files": files},
        )
    return {"path": target.name, "bytes": target.stat().st_size, "sha256": sha256(target), "columns": columns}


def _are_lists(seen: set[str]) -> bool:
    return all(kind.endswith(LIST) for kind in seen)


def _spellings(fields: list[str], declared: dict[str, str]) -> dict[str, list[str]]:
    """Return the fields by the name of their column: two that differ in case alone are one, as in the raw tables."""
    alike: dict[str, list[str]] = {}
    for field in sorted(fields, key=lambda field: field not in declared):
        alike.setdefault(field.lower(), []).append(field)
    for first, *others in alike.values():
        if others:
            told = f"{', '.join(others)} of the documents is {first} in {PARQUET}"
            logger.warning("harvest: %s: they differ in case alone", told)
    return {spelt[0]: spelt for spelt in sorted(alike.values())}


def _cell_at(field: str, kind: str) -> str:
    path = _text(f"$.{_quoted(field)}")
    return _cell(f"(json -> {path})", kind, is_mixed=True) if kind.endswith(LIST) else f"(json ->> {path})::{kind}"


def _cell(name: str, kind: str, *, is_mixed: bool) -> str:
    if not is_mixed:
        return name
    # A value beside lists is a list of one.
    base = kind.removesuffix(LIST)
    cases = {"ARRAY": f"from_json({name}, '[\"{base}\"]')", "NULL": "null"}
    when = " ".join(f"when '{found}' then {then}" for found, then in cases.items())
    return f"case coalesce(json_type({name}), 'NULL') {when} else [({name} ->> '$')::{base}] end"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
