"""What changed in the data: rows, keys, genes, lines, centres, missing values."""

from typing import Any

import duckdb

from muster import lake

#: The numbers people ask for first: name -> (mart, SQL expression).
HEADLINES = {
    "genes tested": ("genes", "count(*) filter (where is_tested)"),
    "lines": ("lines", "count(*)"),
    "centres": ("lines", "count(distinct centre)"),
    "phenotype calls": ("gene_phenotypes", "count(*) filter (where status = 'called' and is_direct)"),
    "phenotypes called": (
        "gene_phenotypes",
        "count(distinct mp_term_id) filter (where status = 'called' and is_direct)",
    ),
    "specimens measured": ("measurements", "count(distinct specimen_id)"),
    "measurements": ("measurements", "count(*)"),
    "X-ray images": ("images", "count(*)"),
}
MISSING_CHANGE = 0.01
_COUNTED_COLUMNS = {"gene_id": "genes", "line_id": "lines", "centre": "centres"}


def release_headlines(release: str) -> dict[str, int]:
    """Return the headline numbers of one release, those whose mart it has."""
    found = {}
    for name, (mart, expression) in HEADLINES.items():
        if lake.has(release, mart):
            found[name] = lake.read(release, mart).aggregate(expression).fetchall()[0][0]
    return found


def headlines(connection: duckdb.DuckDBPyConnection, marts: list[str]) -> dict[str, dict[str, float | None]]:
    """Return the headline numbers before and after, with the relative change."""
    found = {}
    for name, (mart, expression) in HEADLINES.items():
        if mart in marts:
            found[name] = _before_after(connection, mart, expression)
    return found


def mart_changes(
    connection: duckdb.DuckDBPyConnection, marts: list[str], keys: dict[str, list[str]]
) -> dict[str, dict[str, Any]]:
    """Return for each mart its rows, distinct genes, lines and centres before and after, and keys added and removed."""
    found: dict[str, dict[str, Any]] = {}
    for mart in marts:
        columns = _columns(connection, mart)
        entry: dict[str, Any] = {"rows": _before_after(connection, mart, "count(*)")}
        for column, noun in _COUNTED_COLUMNS.items():
            if column in columns:
                entry[noun] = _before_after(connection, mart, f"count(distinct {column})")
        if keys.get(mart):
            entry["keys_added"] = _only_in(connection, mart, keys[mart], "after", "before")
            entry["keys_removed"] = _only_in(connection, mart, keys[mart], "before", "after")
        found[mart] = entry
    return found


def missing_values(connection: duckdb.DuckDBPyConnection, marts: list[str]) -> list[dict[str, Any]]:
    """Return the columns whose share of missing values moved, the most first."""
    found = []
    for mart in marts:
        columns = sorted(_columns(connection, mart))
        shares = ", ".join(f'count(*) filter (where "{column}" is null) / greatest(count(*), 1)' for column in columns)
        before, after = (
            connection.execute(f"select {shares} from {schema}.{mart}").fetchall()[0] for schema in ("before", "after")
        )
        for column, old, new in zip(columns, before, after, strict=True):
            if abs(new - old) >= MISSING_CHANGE:
                found.append({"mart": mart, "column": column, "before": round(old, 4), "after": round(new, 4)})
    return sorted(found, key=lambda row: (-abs(row["after"] - row["before"]), row["mart"], row["column"]))


def _columns(connection: duckdb.DuckDBPyConnection, mart: str) -> set[str]:
    old, new = (set(connection.table(f"{schema}.{mart}").columns) for schema in ("before", "after"))
    return old & new


def _before_after(connection: duckdb.DuckDBPyConnection, mart: str, expression: str) -> dict[str, float | None]:
    before, after = (
        connection.execute(f"select {expression} from {schema}.{mart}").fetchall()[0][0]
        for schema in ("before", "after")
    )
    return {"before": before, "after": after, "change": round(after / before - 1, 4) if before else None}


def _only_in(connection: duckdb.DuckDBPyConnection, mart: str, key: list[str], here: str, there: str) -> int:
    columns = ", ".join(key)
    query = f"select count(*) from {here}.{mart} anti join {there}.{mart} using ({columns})"
    count: int = connection.execute(query).fetchall()[0][0]
    return count
