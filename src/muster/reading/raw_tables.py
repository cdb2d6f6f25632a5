"""Raw tables in a warehouse: one a declared source, as its files read, with what is known of them."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from muster.catalog import SourceFile
from muster.reading import formats
from muster.reading.malformed import explained
from muster.reading.stacks import first_section

#: A row that differs from another one in these alone is the same row: Solr numbers every copy.
COPY_NUMBERS = frozenset({"_version_"})


@dataclass(frozen=True)
class Filled:
    """What a raw table holds."""

    row_count: int
    duplicate_count: int
    unknown_columns: list[str]


def fill(warehouse: duckdb.DuckDBPyConnection, name: str, source: SourceFile, paths: list[Path]) -> Filled:
    """Make `raw.<name>` from its files in one scan each; without files it has its columns and no row.

    Raises:
        SchemaError: a required column is missing.
        MalformedFileError: a row cannot be read.
    """
    if not paths:
        warehouse.execute(f'create table raw."{name}" as {formats.empty(source)}')
        return Filled(0, 0, [])
    cuts = [Path(f"{_place(warehouse)}.{path.name}") for path in paths]
    try:
        read = [first_section(path, cut) for path, cut in zip(paths, cuts, strict=True)] if source.is_stacked else paths
        found = formats.table(name, source, read)
        _create(warehouse, found)
    finally:
        for cut in cuts:
            cut.unlink(missing_ok=True)
    (row_count,) = warehouse.execute(f'select count(*) from raw."{name}"').fetchall()[0]
    return Filled(row_count, _duplicates(warehouse, found), found.unknown)


def _create(warehouse: duckdb.DuckDBPyConnection, found: formats.Table) -> None:
    try:
        warehouse.execute(f'create table raw."{found.name}" as {formats.select(found)}')
    except duckdb.Error as error:
        raise explained(error, found.paths) from error


def _duplicates(warehouse: duckdb.DuckDBPyConnection, found: formats.Table) -> int:
    compared = ", ".join(f'"{column}"' for column in found.columns if column not in COPY_NUMBERS)
    # 64 bits: one false duplicate is expected in some billions of rows' worth of loads.
    query = f'select count(*) - count(distinct hash({compared})) from raw."{found.name}"'
    ((count,),) = warehouse.execute(query).fetchall()
    return int(count)


def _place(warehouse: duckdb.DuckDBPyConnection) -> str:
    ((place,),) = warehouse.execute("select path from duckdb_databases() where not internal").fetchall()
    return str(place)
