"""Rows of another source, appended to a raw table by column name."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from muster.catalog import SourceFile
from muster.reading import formats
from muster.reading.malformed import MalformedFileError, explained
from muster.reading.raw_tables import show

#: What tells a row from every other, where a table has it: the release's own row wins.
KEYS = ("observation_id", "doc_id")


@dataclass(frozen=True)
class Appended:
    """What became of a file."""

    row_count: int
    repeated_count: int
    """Rows that the table had already: left out."""
    unknown_columns: list[str]
    """Columns the table did not have: it has them now."""


def append(warehouse: duckdb.DuckDBPyConnection, name: str, declared: SourceFile, path: Path, layout: str) -> Appended:
    """Append the rows of `path` to `raw.<name>`.

    Raises:
        MalformedFileError: a row cannot be read, or the table is made of a wide matrix.
    """
    if declared.melted:
        # Its rows tell which row of the matrix they come from; these come from none.
        raise MalformedFileError(f"{path.name}: {name} is made of a wide matrix: no rows can be appended to it")
    found = formats.table(name, SourceFile(format=layout, renamed=declared.renamed), [path])
    try:
        warehouse.execute(f"create or replace temp table appended as {formats.select(found)}")
    except duckdb.Error as error:
        raise explained(error, [path]) from error
    table = f'landed."{name}"'
    there = _columns(warehouse, table)
    unknown = [column for column in found.columns if column not in there]
    for column in unknown:
        warehouse.execute(f'alter table {table} add column "{column}" varchar')
    key = next((key for key in KEYS if key in there and key in found.columns), None)
    is_new = f'"{key}" is null or "{key}" not in (select "{key}" from {table} where "{key}" is not null)'
    before = _count(warehouse, table)
    cells = ", ".join(_cell(column, is_joined=declared.format != "jsonl") for column in found.columns)
    warehouse.execute(
        f"insert into {table} by name select {cells} from appended where {is_new if key else 'true'} order by rowid"
    )
    show(warehouse, name)
    total, after = _count(warehouse, "appended"), _count(warehouse, table)
    warehouse.execute("drop table appended")
    return Appended(after - before, total - (after - before), unknown)


def _columns(warehouse: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [name for name, *_ in warehouse.execute(f"describe {table}").fetchall()]


def _count(warehouse: duckdb.DuckDBPyConnection, table: str) -> int:
    ((count,),) = warehouse.execute(f"select count(*) from {table}").fetchall()
    return int(count)


def _cell(column: str, *, is_joined: bool) -> str:
    """Return a column as it is, lists joined by commas where the release's own file is a table."""
    quoted = f'"{column}"'
    if not is_joined:
        return quoted
    is_list = f"starts_with({quoted}, '[') and json_valid({quoted})"
    joined = f"array_to_string(from_json({quoted}, '[\"VARCHAR\"]'), ',')"
    return f"case when {is_list} then {joined} else {quoted} end as {quoted}"
