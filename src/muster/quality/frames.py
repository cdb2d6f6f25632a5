"""The frames Great Expectations looks at: the columns a suite names, and no more rows than it can read quickly."""

from dataclasses import dataclass

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

    Beyond `limit` rows it is a sample that is the same every time, and that still holds the smallest and the largest
    number and every word of a vocabulary, so that a single wrong value is seen in a table of any size.
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
        row = "source_row" if "source_row" in keys else "rowid"
        telling = _telling_rows(connection, f"{schema}.{table}", row, values, keys, kinds)
        chosen = ", ".join(str(number) for number in telling)
        identity = ", ".join(f'"{key}"' for key in keys)
        query += f" where hash({identity}) % {row_count // limit + 1} = 0 or {row} in ({chosen})"
    data = connection.sql(f"{query} order by all").df()
    return Frame(data, row_count, keys)


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

    >>> key_columns("marts", ["gene_id", "symbol", "mp_term_id", "p_value"]), key_columns("raw", ["source_row", "sex"])
    (['gene_id', 'mp_term_id'], ['source_row'])
    """
    if schema == "raw":
        return ["source_row"] if "source_row" in names else names[:1]
    identifiers = [name for name in names if name.endswith(("_id", "_key", "_id_a", "_id_b"))]
    return identifiers[:KEY_COUNT] or names[:1]


def _raw_value(name: str, kind: Kind) -> str:
    """Return SQL for a text cell as the kind of value it is compared as."""
    text = f'trim("{name}"::varchar)'
    fillers = ", ".join(f"'{filler}'" for filler in FILLERS)
    if kind == "text":
        value = text
    else:
        value = f"coalesce(try_cast({text} as {TYPES[kind]}), {NOT_A_VALUE[kind]}::{TYPES[kind]})"
    return f"case when lower({text}) not in ({fillers}) then {value} end"


def _typed_value(name: str, kind: Kind, declared: str) -> str:
    if kind == "text":
        return f'"{name}"' if declared in {"VARCHAR", "BOOLEAN"} else f'"{name}"::varchar'
    # Great Expectations compares a whole column at once only if it is float64 or datetime64[ns] (which begins in 1677).
    value = f'coalesce(try_cast("{name}" as {TYPES[kind]}), {NOT_A_VALUE[kind]}::{TYPES[kind]})'
    return f'case when "{name}" is not null then {value} end'


def _telling_rows(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    row: str,
    values: dict[str, str],
    keys: list[str],
    kinds: dict[str, Kind],
) -> list[int]:
    """Return the `row` of the smallest and the largest numbers and of the first of each word of the vocabularies."""
    identity = ", ".join(f'"{key}"' for key in keys)
    extremes = [
        f"{extreme}({row}, row({values[name]}, {identity})) filter (where {values[name]} is not null)"
        for name in values
        if kinds[name] != "text"
        for extreme in ("arg_min", "arg_max")
    ]
    words = [name for name in values if kinds[name] == "text"]
    counts = [f"approx_count_distinct({values[name]})" for name in words]
    [found] = connection.execute(f"select {', '.join([*extremes, *counts])} from {table}").fetchall()
    chosen = set(found[: len(extremes)])
    for name, count in zip(words, found[len(extremes) :], strict=True):
        if count <= VOCABULARY_LIMIT:
            first = f"select arg_min({row}, row({identity})) from {table} group by {values[name]}"
            chosen.update(number for (number,) in connection.execute(first).fetchall())
    return sorted(chosen - {None})
