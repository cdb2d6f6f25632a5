"""Small frames made for counting: what no single row can tell, such as growth, duplicates and absence."""

import json
from collections.abc import Callable

import duckdb
import pandas as pd

from muster import lake
from muster.quality.frames import Frame, column_types
from muster.quality.growth import FEWEST_ROWS, growth_frame
from muster.quality.losses import loss_frame
from muster.quality.natural_keys import natural_key_frame
from muster.quality.ranges import range_frame
from muster.quality.reconciliation import reconciliation_frame
from muster.quality.references import reference_frame
from muster.quality.verdicts import verdict_frame
from muster.reading.raw_tables import COPY_NUMBERS
from muster.warehouse import tables

#: What could not be used: it follows the quality of the files, not their size.
LEFTOVERS = frozenset({"unmapped_symbols", "unmatched_hits"})
#: Tables beyond this many rows have their repeats counted in a share of the specimens, each one whole.
REPEAT_LIMIT = 2_000_000
#: What makes two rows of a mart the same statement under two ids, and what to take samples by.
REPEATS = {
    "measurements": ("specimen_id, trait_id, time_point, value", "specimen_id"),
    "images": ("sha256", "sha256"),
}

FILES = """
    select
        name,
        row_count::double as row_count,
        case when not is_absent then coalesce(duplicate_count / nullif(row_count::double, 0), 0) end as duplicate_share,
        is_absent
    from raw.files
    order by name
"""

RELEASE = """
    with found as (
        select count(distinct gene_id)::double as gene_count from raw.phenotype_hits_per_gene where gene_id like 'MGI:%'
    )

    select
        release.release,
        found.gene_count,
        try_cast(history.phenotyped_genes as double) as noted_gene_count,
        found.gene_count / nullif(noted_gene_count, 0) as gene_share
    from raw.release as release
    cross join found
    left join raw.release_history as history on release.release = history.release
"""


def count_frame(connection: duckdb.DuckDBPyConnection, stage: str, table: str, release: str) -> Frame | None:
    """Return the counting frame of that name, None where the suite is about a real table."""
    return MAKERS[stage, table](connection, release) if (stage, table) in MAKERS else None


def is_counted(stage: str, table: str) -> bool:
    """Return whether a suite is about a frame that is counted, not about a table of the warehouse."""
    return (stage, table) in MAKERS


def duplicate_rows(connection: duckdb.DuckDBPyConnection, table: str, *, limit: int = 3) -> list[list[int]]:
    """Return the source rows of some groups of rows that are alike in every column of the file, earliest first."""
    names = [name for name in column_types(connection, "raw", table) if name not in {"source_row", *COPY_NUMBERS}]
    alike = ", ".join(f'"{name}"' for name in names)
    groups = connection.execute(
        f"select list_sort(list(source_row)) as alike from raw.{table} group by hash({alike}) "
        f"having count(*) > 1 order by alike limit {limit}"
    ).fetchall()
    return [rows[:4] for (rows,) in groups]


def _files(connection: duckdb.DuckDBPyConnection, _: str) -> Frame:
    data = connection.sql(FILES).df()
    return Frame(data, len(data), ["name"])


def _release(connection: duckdb.DuckDBPyConnection, _: str) -> Frame:
    data = connection.sql(RELEASE).df()
    return Frame(data, len(data), ["release"])


def _volumes(connection: duckdb.DuckDBPyConnection, release: str) -> Frame:
    """One row a mart: its rows, and its growth since the last published release where both have enough to tell.

    A mart without rows, or made of other files than before, is no shrunken or grown one: the suite of raw.files says
    which file the release lacks.
    """
    earlier = lake.previous(release)
    published = lake.manifest(earlier)["marts"] if earlier else {}
    rows, incomparable = [], LEFTOVERS | _made_otherwise(connection)
    for mart in tables(connection, "marts"):
        [(row_count,)] = connection.execute(f"select count(*) from marts.{mart}").fetchall()
        previous = published.get(mart, {}).get("rows")
        repeated = _repeated_share(connection, mart, row_count) if mart in REPEATS and row_count else None
        is_compared = mart not in incomparable and row_count and previous and previous >= FEWEST_ROWS
        rows.append((mart, float(row_count), row_count / previous if is_compared else None, repeated))
    data = pd.DataFrame(rows, columns=["mart", "row_count", "growth_ratio", "repeated_share"])
    return Frame(data.astype({"growth_ratio": float, "repeated_share": float}), len(data), ["mart"])


def _made_otherwise(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the marts of which a needed file came or went since the last published release."""
    if "transformed" not in tables(connection, "main"):
        return set()
    ((described,),) = connection.execute("select marts from main.transformed").fetchall()
    moved = {
        name
        for (name,) in connection.execute(
            "select name from raw.files where is_absent <> (coalesce(previous_row_count, 0) = 0)"
        ).fetchall()
    }
    return {mart for mart, known in json.loads(described).items() if moved.intersection(known["needs"])}


def _repeated_share(connection: duckdb.DuckDBPyConnection, mart: str, row_count: int) -> float:
    alike, group = REPEATS[mart]
    [(share,)] = connection.execute(
        f"select 1 - count(distinct hash({alike})) / nullif(count(*)::double, 0) from marts.{mart} "
        f"where hash({group}) % {row_count // REPEAT_LIMIT + 1} = 0"
    ).fetchall()
    return float(share or 0)


MAKERS: dict[tuple[str, str], Callable[[duckdb.DuckDBPyConnection, str], Frame | None]] = {
    ("raw", "files"): _files,
    ("raw", "release"): _release,
    ("raw", "growth"): growth_frame,
    ("raw", "natural_keys"): natural_key_frame,
    ("raw", "reconciliation"): reconciliation_frame,
    ("raw", "references"): reference_frame,
    ("staging", "losses"): loss_frame,
    ("marts", "volumes"): _volumes,
    ("marts", "trait_ranges"): range_frame,
    ("marts", "unit_verdicts"): verdict_frame,
}
