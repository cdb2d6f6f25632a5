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
    columns = {field: settled(declared.get(field), seen[field]) for field in sorted(seen)}
    for field, kind in columns.items():
        if field in declared and kind != declared[field]:
            logger.warning("harvest: %s is declared as %s and came as %s", field, declared[field], kind)
    mixed = {field for field, kind in columns.items() if kind.endswith(LIST) and not _are_lists(seen[field])}
    read = ", ".join(f"{_text(field)}: '{'JSON' if field in mixed else kind}'" for field, kind in columns.items())
    cells = ", ".join(_cell(field, kind, is_mixed=field in mixed) for field, kind in columns.items())
    target = folder / PARQUET
    with duckdb.connect() as connection:
        files = [str(part) for part in parts]
        relation = f"read_json($files, format = 'newline_delimited', columns = {{{read}}})"
        connection.execute(
            f"copy (select {cells} from {relation}) to {_text(str(target))} (format parquet, compression zstd)",
            {"files": files},
        )
    return {"path": target.name, "bytes": target.stat().st_size, "sha256": sha256(target), "columns": columns}


def _are_lists(seen: set[str]) -> bool:
    return all(kind.endswith(LIST) for kind in seen)


def _cell(field: str, kind: str, *, is_mixed: bool) -> str:
    name = '"' + field.replace('"', '""') + '"'
    if not is_mixed:
        return name
    # A value beside lists is a list of one.
    base = kind.removesuffix(LIST)
    cases = {"ARRAY": f"from_json({name}, '[\"{base}\"]')", "NULL": "null"}
    when = " ".join(f"when '{found}' then {then}" for found, then in cases.items())
    return f"case coalesce(json_type({name}), 'NULL') {when} else [({name} ->> '$')::{base}] end as {name}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
