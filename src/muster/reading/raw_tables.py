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
#: Rows whose hashes are counted at once: the peak of memory stays the same however long a table is.
COUNTED_AT_ONCE = 8_000_000


@dataclass(frozen=True)
class Filled:
    """What a raw table holds."""

    row_count: int
    duplicate_count: int
    unknown_columns: list[str]


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
    cuts = [Path(f"{_place(warehouse)}.{path.name}") for path in paths]
    try:
        read = [first_section(path, cut) for path, cut in zip(paths, cuts, strict=True)] if source.is_stacked else paths
        found = formats.table(name, source, read)
        _create(warehouse, name, source, formats.select(found))
    except duckdb.Error as error:
        raise explained(error, read) from error
    finally:
        for cut in cuts:
            cut.unlink(missing_ok=True)
    ((row_count,),) = warehouse.execute(f'select count(*) from landed."{name}"').fetchall()
    return Filled(row_count, _duplicates(warehouse, found, row_count), found.unknown)


def _create(warehouse: duckdb.DuckDBPyConnection, name: str, source: SourceFile, select: str) -> None:
    warehouse.execute(f'create table landed."{name}" as {select}')
    numbered = "*" if source.melted else "*, rowid + 1 as source_row"
    warehouse.execute(f'create view raw."{name}" as select {numbered} from landed."{name}"')


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
