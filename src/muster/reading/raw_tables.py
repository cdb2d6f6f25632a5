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
#: Rows whose hashes are counted at once: the peak of memory stays the same however long a table is.
COUNTED_AT_ONCE = 8_000_000


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
    """Make `raw.<name>` from its files in one parallel scan; without files it has its columns and no row.

    The rows lie in `landed.<name>`, in the order of the files, so that `raw.<name>` can tell each row's number
    (`source_row`) without storing it: numbering while reading would make the scan go one row at a time.

    Raises:
        SchemaError: a required column is missing.
        MalformedFileError: a row cannot be read.
    """
    if not paths:
        _create(warehouse, name, source, formats.empty(source))
        return Filled(0, 0, [])
    found = formats.table(name, source, paths)
    try:
        _create(warehouse, name, source, formats.select(found))
    except duckdb.Error as error:
        raise explained(error, paths) from error
    ((row_count,),) = warehouse.execute(f'select count(*) from landed."{name}"').fetchall()
    return Filled(row_count, _duplicates(warehouse, found, row_count), found.unknown)


def _create(warehouse: duckdb.DuckDBPyConnection, name: str, source: SourceFile, select: str) -> None:
    warehouse.execute(f'create table landed."{name}" as {select}')
    show(warehouse, name, is_melted=bool(source.melted))


def show(warehouse: duckdb.DuckDBPyConnection, name: str, *, is_melted: bool = False) -> None:
    """Make `raw.<name>` show the rows of `landed.<name>` with their numbers, which a melted table carries itself."""
    numbered = "*" if is_melted else "*, rowid + 1 as source_row"
    warehouse.execute(f'create or replace view raw."{name}" as select {numbered} from landed."{name}"')


def _duplicates(warehouse: duckdb.DuckDBPyConnection, found: formats.Table, row_count: int) -> int:
    compared = ", ".join(f'"{column}"' for column in found.columns if column not in COPY_NUMBERS)
    # 64 bits: one false duplicate is expected in some billions of rows' worth of loads.
    hashes = f'select hash({compared}) as alike from landed."{found.name}"'
    turns = row_count // COUNTED_AT_ONCE + 1
    if turns > 1:
        warehouse.execute(f"create table landed.hashes as {hashes}")
        hashes = "from landed.hashes"
    distinct = 0
    for turn in range(turns):
        query = f"select count(distinct alike) from ({hashes}) where alike % {turns} = {turn}"
        distinct += warehouse.execute(query).fetchall()[0][0]
    warehouse.execute("drop table if exists landed.hashes")
    return row_count - distinct


def _place(warehouse: duckdb.DuckDBPyConnection) -> str:
    ((place,),) = warehouse.execute("select path from duckdb_databases() where not internal").fetchall()
    return str(place)
