"""The frames Great Expectations looks at: the columns a suite names, and no more rows than it can read quickly."""

from dataclasses import dataclass
from typing import Any

import duckdb
import pandas as pd

from muster.quality.suites import Kind

#: Great Expectations takes about a second for five statements over 200,000 rows, so larger tables are sampled.
ROW_LIMIT = 100_000
#: A column with at most so many different values is a vocabulary: the sample then holds each of them.
VOCABULARY_LIMIT = 1_000
#: What IMPC writes where it has no value (the macro `text` in dbt/macros/cells.sql reads them alike).
FILLERS = ("", "-", "none", "no data", "no_data", "no information available", "nan", "null")
#: Stands for a text that is no number or no date: outside every range, so that the range finds it.
NOT_A_VALUE = {"number": "'infinity'", "time": "'1700-01-01'"}
TYPES = {"number": "double", "time": "timestamp_ns"}
KEY_COUNT = 4


@dataclass(frozen=True)
class Frame:
    """What is judged of one table."""

    data: pd.DataFrame
    row_count: int
    keys: list[str]
    """The columns by which a person finds a row again."""


def read_frame(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, kinds: dict[str, Kind], *, limit: int = ROW_LIMIT
) -> Frame | None:
    """Return the named columns of a table, None where there is no such table.

    Beyond `limit` rows it is a sample that is the same every time. That of a raw table or a mart still holds the
    smallest and the largest number and every word of a vocabulary, so that a single wrong value is seen in a table of
    any size. That of a staging view does not: looking at every row would compute all of the view (`staging.losses`
    does, for the columns where a value can be lost).
    """
    types = column_types(connection, schema, table)
    if not types:
        return None
    keys = key_columns(schema, list(types))
    values = {
        name: _raw_value(name, kind) if schema == "raw" else _typed_value(name, kind, types[name])
        for name, kind in kinds.items()
        if name in types
    }
    listing = ", ".join([*(f'"{key}"' for key in keys), *(f'{sql} as "{name}"' for name, sql in values.items())])
    query = f"select {listing} from {schema}.{table}"
    [(row_count,)] = connection.execute(f"select count(*) from {schema}.{table}").fetchall()
    if row_count > limit:
        identity = ", ".join(f'"{key}"' for key in keys)
        query += f" where hash({identity}) % {row_count // limit + 1} = 0"
        if schema != "staging":
            row = Row(_place(connection, schema, table, keys), identity)
            telling = _telling_rows(connection, f"{schema}.{table}", row, values, kinds)
            query += f" or {row.place} in (select unnest($telling))"
            return Frame(connection.sql(f"{query} order by all", params={"telling": telling}).df(), row_count, keys)
    data = connection.sql(f"{query} order by all").df()
    return Frame(data, row_count, keys)


def _place(connection: duckdb.DuckDBPyConnection, schema: str, table: str, keys: list[str]) -> str:
    """Return what names a row to DuckDB: its number; of a view, which has none, the first column of its key."""
    [(kind,)] = connection.execute(
        "select table_type from information_schema.tables where table_schema = ? and table_name = ?", [schema, table]
    ).fetchall()
    if "source_row" in keys:
        return "source_row"
    return f'"{keys[0]}"' if kind == "VIEW" else "rowid"


def column_types(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> dict[str, str]:
    """Return the columns of a table with their types, in their order; empty where there is no such table."""
    rows = connection.execute(
        "select column_name, data_type from information_schema.columns "
        "where table_schema = ? and table_name = ? order by ordinal_position",
        [schema, table],
    ).fetchall()
    return dict(rows)


def key_columns(schema: str, names: list[str]) -> list[str]:
    """Return the columns that tell a person which row is meant.

    >>> key_columns("raw", ["source_row", "sex"]), key_columns("staging", ["source_row", "gene_id"])
    (['source_row'], ['source_row'])
    >>> key_columns("marts", ["trait_id", "trait_name", "centre", "sex", "p_value"])
    ['trait_id', 'centre', 'sex']
    """
    if schema != "marts" and "source_row" in names:
        return ["source_row"]
    if schema == "raw":
        return names[:1]
    identifiers = [name for name in names if name.endswith(("_id", "_key", "_id_a", "_id_b"))]
    places = [name for name in ("centre", "sex") if name in names]
    return [*identifiers, *places][:KEY_COUNT] or names[:1]


def says_something(text: str) -> str:
    """Return SQL for whether a text is there and no filler.

    A chain, not `not in`: of a list DuckDB makes a join, which it then does for every row and every column.

    >>> says_something("sex").partition(" and ")[0]
    "lower(trim(sex)) <> ''"
    """
    return " and ".join(f"lower(trim({text})) <> '{filler}'" for filler in FILLERS)


@dataclass(frozen=True)
class Row:
    """How a query tells one row from another."""

    place: str
    """Column with the number of the row."""
    identity: str
    """What the row is about: the places of a mart's rows are those of one build."""

    @property
    def first(self) -> str:
        """SQL for the place of the first of some rows."""
        if self.identity in {self.place, f'"{self.place}"'}:
            return f"min({self.place})"
        return f"arg_min({self.place}, hash({self.identity}))"


def _raw_value(name: str, kind: Kind) -> str:
    """Return SQL for a text cell as the kind of value it is compared as."""
    text = f'"{name}"::varchar'
    if kind == "text":
        return f"case when {says_something(text)} then trim({text}) end"
    # Nearly every cell is a plain number or date: only the others are worth trimming and comparing with the fillers.
    plain = f"try_cast({text} as {TYPES[kind]})"
    if kind == "number":
        plain = f"nullif({plain}, 'nan'::double)"
    odd = f"coalesce(try_cast(trim({text}) as {TYPES[kind]}), {NOT_A_VALUE[kind]}::{TYPES[kind]})"
    return f"coalesce({plain}, case when {says_something(text)} then {odd} end)"


def _typed_value(name: str, kind: Kind, declared: str) -> str:
    if kind == "text":
        return f'"{name}"' if declared in {"VARCHAR", "BOOLEAN"} else f'"{name}"::varchar'
    # Great Expectations compares a whole column at once only if it is float64 or datetime64[ns] (which begins in 1677).
    value = f'coalesce(try_cast("{name}" as {TYPES[kind]}), {NOT_A_VALUE[kind]}::{TYPES[kind]})'
    return f'case when "{name}" is not null then {value} end'


def _telling_rows(
    connection: duckdb.DuckDBPyConnection, table: str, row: Row, values: dict[str, str], kinds: dict[str, Kind]
) -> list[int] | list[str]:
    """Return the places of the smallest and the largest numbers and of the first of each word of the vocabularies.

    The columns are read once for the ends and once for their first rows: comparing whole rows takes far longer.
    """
    chosen: set[Any] = set()
    numbers = [name for name in values if kinds[name] != "text"]
    if numbers:
        ends = ", ".join(f'{end}({values[name]}) as "{end} {name}"' for name in numbers for end in ("min", "max"))
        firsts = ", ".join(
            f'{row.first} filter (where {values[name]} = "{end} {name}")' for name in numbers for end in ("min", "max")
        )
        query = f"with ends as (select {ends} from {table}) select {firsts} from {table} cross join ends"
        chosen.update(connection.execute(query).fetchall()[0])
    # As they are written: a word in two spellings is chosen twice, and nothing has to be trimmed.
    words = [name for name in values if kinds[name] == "text"]
    if words:
        counts = ", ".join(f'approx_count_distinct("{name}")' for name in words)
        [found] = connection.execute(f"select {counts} from {table}").fetchall()
        few = [f'("{name}")' for name, count in zip(words, found, strict=True) if count <= VOCABULARY_LIMIT]
        if few:
            first = f"select {row.first} from {table} group by grouping sets ({', '.join(few)})"
            chosen.update(number for (number,) in connection.execute(first).fetchall())
    return sorted(number for number in chosen if number is not None)
