"""How declared files become columns of our names: csv, tsv, gmt and JSON lines, wide matrices included."""

import csv
import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import count, islice
from pathlib import Path

import duckdb

from muster.catalog import SourceFile, column_name
from muster.reading.malformed import REMEDY, MalformedFileError, explained

#: Characters of one cell of a header; a longer one is no header.
LONGEST_HEADING = 131_072
#: JSON records leave out empty fields, so a header is the union over many records of each part.
RECORDS_LOOKED_AT = 50_000
GMT_HEADER = ["name", "term_id", "gene_symbols"]


class SchemaError(ValueError):
    """A file lacks a column that is declared as required."""


@dataclass(frozen=True)
class Table:
    """A declared source, the files that hold it and how their columns are called."""

    name: str
    source: SourceFile
    paths: list[Path]
    header: list[str]
    names: list[str]
    """Our name of each header cell, in its order."""

    @property
    def unknown(self) -> list[str]:
        """Columns nobody declared; they are kept."""
        return [] if self.source.melted else [name for name in self.names if name not in self.source.columns]

    @property
    def missing(self) -> list[str]:
        """Declared columns, required or not, that the file does not have."""
        melted = ("name", "value") if self.source.melted else ()
        return [name for name in self.source.columns if name not in (*self.names, *melted)]

    @property
    def columns(self) -> list[str]:
        """The columns of the raw table."""
        if self.source.melted:
            return self.source.columns
        return [*dict.fromkeys(self.names), *self.missing]


def table(name: str, source: SourceFile, paths: list[Path]) -> Table:
    """Return the table of a source as its files' headers say.

    Raises:
        SchemaError: with the missing columns, the header, near names and the remedy.
        MalformedFileError: the header cannot be read.
    """
    header = _header_or_declared(source, paths)
    found = Table(name, source, paths, header, _names(source, header))
    absent = [column for column in found.missing if column in source.required]
    if absent:
        raise SchemaError(_complaint(found, absent))
    return found


def header_hash(source: SourceFile, path: Path) -> str | None:
    """Return 12 hex digits that change when the header does, None where it cannot be read (loading says why)."""
    if path.suffix != ".gz" or source.format not in ("csv", "tsv", "gmt", "jsonl"):
        return None
    try:
        header = _header(source, [path])
        # A file without header line has data in its first line: only their number is its header.
        told = [f"{len(header)} columns"] if source.header else header
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]
    except (duckdb.Error, csv.Error):
        return None


def select(found: Table) -> str:
    """Return the SQL that reads a table: its columns as text, in the order of the files.

    A melted table carries `source_row`, the row of the wide file; any other's row number is its place.
    """
    if found.source.melted:
        absent = set(found.missing)
        kept = ", ".join(
            f"null::varchar as {_quoted(column)}" if column in absent else _quoted(column) for column in found.columns
        )
        ids = ", ".join(_quoted(column) for column in found.source.melted if column not in absent)
        # Cells without a value are no rows: in a wide matrix they say "not measured".
        wide = f"select row_number() over () as source_row, * from {_read_csv(found, _melted_names(found))}"
        long = f"unpivot ({wide}) on * exclude (source_row, {ids}) into name name value value"
        return f"select {kept}, source_row from ({long})"
    reads = {"jsonl": _json_columns, "gmt": _gmt_columns}.get(found.source.format, _csv_columns)
    cells, relation = reads(found)
    cells += [f"null::varchar as {_quoted(name)}" for name in found.missing]
    return f"select {', '.join(cells)} from {relation}"


def empty(source: SourceFile) -> str:
    """Return the SQL of a source that is absent: its columns and no row."""
    cells = [f"null::varchar as {_quoted(column)}" for column in source.columns]
    cells += ["null::bigint as source_row"] if source.melted else []
    return f"select {', '.join(cells)} where false"


def _csv_columns(found: Table) -> tuple[list[str], str]:
    return [_quoted(name) for name in found.names], _read_csv(found, found.names)


def _json_columns(found: Table) -> tuple[list[str], str]:
    keys = {
        name: [key for key, ours in zip(found.header, found.names, strict=True) if ours == name] for name in found.names
    }
    if len({key.lower() for key in found.header}) == len(found.header):
        typed = ", ".join(f"{_text(key)}: 'VARCHAR'" for key in found.header)
        relation = f"read_json({_files(found)}, format = 'newline_delimited', columns = {{{typed}}})"
        cells = {key: _quoted(key) for key in found.header}
    else:
        # read_json cannot tell pvalue from pValue; reading by path can, more slowly.
        relation = f"read_ndjson_objects({_files(found)})"
        cells = {key: f"json ->> {_text('$.' + _quoted(key))}" for key in found.header}
    # Two spellings of one key are one column: some exports change the spelling from record to record.
    return [f"coalesce({', '.join(cells[key] for key in keys[name])}) as {_quoted(name)}" for name in keys], relation


def _gmt_columns(found: Table) -> tuple[list[str], str]:
    cells = ["cells[1] as name", "cells[2] as term_id", "array_to_string(cells[3:], '|') as gene_symbols"]
    # A delimiter that cannot occur gives whole lines.
    options = "delim = '\x01', quote = '', escape = '', header = false, auto_detect = false"
    lines = f"read_csv({_files(found)}, {options}, columns = {{'line': 'VARCHAR'}})"
    return cells, f"(select string_split(line, chr(9)) as cells from {lines})"


def _read_csv(found: Table, names: list[str]) -> str:
    source = found.source
    delimiter, quote = ("\t", "") if source.format == "tsv" else (",", '"')
    typed = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in names)
    # DuckDB's own `comment` option would also cut a cell at the comment sign.
    skip = len(list(_comments(source, found.paths[0])))
    return (
        f"read_csv({_files(found)}, delim = '{delimiter}', quote = '{quote}', escape = '{quote}', skip = {skip}, "
        f"header = {not source.header}, auto_detect = false, columns = {{{typed}}})"
    )


def _header_or_declared(source: SourceFile, paths: list[Path]) -> list[str]:
    try:
        header = _header(source, paths)
    except duckdb.Error as error:
        raise explained(error, paths) from error
    except csv.Error as error:
        raise MalformedFileError(f"{paths[0].name}: its header cannot be read: {error}; {REMEDY}") from error
    declared = source.header
    return declared + [f"column_{place + 1}" for place in range(len(declared), len(header))] if declared else header


def _header(source: SourceFile, paths: list[Path]) -> list[str]:
    if source.format == "jsonl":
        return _keys(paths)
    if source.format == "gmt":
        return GMT_HEADER
    if source.format == "json":
        return source.required
    comments = len(list(_comments(source, paths[0])))
    # The limit is the process's: whoever read a long cell before may have raised it.
    csv.field_size_limit(LONGEST_HEADING)
    with gzip.open(paths[0], "rt", encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = islice(file, comments, None)
        if source.format == "tsv":
            return next(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), [])
        return next(csv.reader(lines), [])


def _comments(source: SourceFile, path: Path) -> Iterator[str]:
    if not source.comment:
        return
    with gzip.open(path, "rt", encoding="utf-8-sig", errors="replace") as file:
        for line in file:
            if not line.startswith(source.comment):
                return
            yield line


def _keys(paths: list[Path]) -> list[str]:
    parts = " union all ".join(
        f"(select json from read_ndjson_objects({_text(str(path))}) limit {RECORDS_LOOKED_AT})" for path in paths
    )
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select distinct unnest(json_keys(json)) as key from ({parts}) order by key"
        ).fetchall()
    return [key for (key,) in found]


def _names(source: SourceFile, header: list[str]) -> list[str]:
    names: list[str] = []
    for cell in header:
        plain = column_name(cell)
        name = source.renamed.get(cell, source.renamed.get(plain, plain))
        if source.format != "jsonl":
            name = next(other for other in _numbered(name or "column") if other not in names)
        names.append(name)
    return names


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{number}" for number in count(2))


def _melted_names(found: Table) -> list[str]:
    ids = found.source.melted
    return [name if name in ids else cell for cell, name in zip(found.header, found.names, strict=True)]


def _complaint(found: Table, absent: list[str]) -> str:
    near = {column: get_close_matches(column, found.unknown, n=3) for column in absent}
    hints = "; ".join(f"{column} may now be {' or '.join(names)}" for column, names in near.items() if names)
    example = next((f"{names[0]}: {column}" for column, names in near.items() if names), f"THEIR_NAME: {absent[0]}")
    return (
        f"{found.paths[0].name} ({found.name}) lacks the required {_plural(absent)} {', '.join(absent)}. "
        f"Its header: {', '.join(found.header)}. {hints + '. ' if hints else ''}"
        f"If the column was renamed, add `renamed: {{{example}}}` to {found.name} in sources.yml and load again; "
        f"if it is gone, the release cannot be used as it is"
    )


def _plural(columns: list[str]) -> str:
    return "column" if len(columns) == 1 else "columns"


def _files(found: Table) -> str:
    return f"[{', '.join(_text(str(path)) for path in found.paths)}]"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
