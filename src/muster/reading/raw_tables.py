"""Raw tables in a warehouse: one a declared source, as its files read, with what is known of them."""

from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

import duckdb

from muster.catalog import SourceFile
from muster.reading import formats
from muster.reading.documents import write_values
from muster.reading.malformed import explained
from muster.reading.stacks import Record, Split, split

#: A row that differs from another one in these alone is the same row: Solr numbers every copy.
COPY_NUMBERS = frozenset({"_version_"})


@dataclass(frozen=True)
class Filled:
    """What a raw table holds."""

    row_count: int
    duplicate_count: int
    unknown_columns: list[str]


@dataclass(frozen=True)
class Contents:
    """What the files of a source hold: its tables, those that are not in them, and records of no table."""

    tables: dict[str, Filled]
    lacking: set[str]
    unplaced: list[Record]


def fill_all(warehouse: duckdb.DuckDBPyConnection, name: str, source: SourceFile, paths: list[Path]) -> Contents:
    """Make every raw table of a source: one, or one a section of its files.

    Raises:
        SchemaError: a required column is missing.
        MalformedFileError: a row cannot be read.
    """
    if not source.sections and source.format != "json":
        return Contents({name: fill(warehouse, name, source, paths)}, set() if paths else {name}, [])
    folder = Path(f"{_place(warehouse)}.cuts")
    rmtree(folder, ignore_errors=True)
    try:
        if source.format == "json":
            written = [write_values(path, folder / f"{path.name}.csv.gz") for path in paths]
            found = Split({name: written} if written else {}, [])
        else:
            found = split(paths, source.sections, folder)
        tables = {
            table: fill(warehouse, table, told.model_copy(update={"format": "csv"}), found.files.get(table, []))
            for table, told in source.tables(name).items()
        }
    finally:
        rmtree(folder, ignore_errors=True)
    return Contents(tables, set(tables) - set(found.files), found.unplaced)


def fill(warehouse: duckdb.DuckDBPyConnection, name: str, source: SourceFile, paths: list[Path]) -> Filled:
    """Make `raw.<name>` from its files in one scan each; without files it has its columns and no row.

    Raises:
        SchemaError: a required column is missing.
        MalformedFileError: a row cannot be read.
    """
    if not paths:
        warehouse.execute(f'create table raw."{name}" as {formats.empty(source)}')
        return Filled(0, 0, [])
    found = formats.table(name, source, paths)
    _create(warehouse, found)
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
