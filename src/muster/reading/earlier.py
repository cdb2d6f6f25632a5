"""What releases published before are remembered for: their calls and genes, and how their controls were summarised."""

import duckdb

from muster import lake

#: Raw table -> (mart of every earlier release, columns, which rows).
HISTORY = {
    "earlier_calls": ("gene_phenotypes", "gene_id varchar, mp_term_id varchar", "status = 'called'"),
    "earlier_genes": ("genes", "gene_id varchar", "is_tested"),
}
GROUPS = (
    "group_id varchar, input_hash varchar, submitted_location double, submitted_spread double, distinct_count bigint,"
    " floor_share double, ceiling_share double, resolution varchar"
)


def recall_earlier(warehouse: duckdb.DuckDBPyConnection, release: str) -> None:
    """Make the raw tables of what earlier releases published; without any, they are empty."""
    warehouse.execute("create table raw.earlier_builds (release varchar, build varchar)")
    for table, (_, columns, _) in HISTORY.items():
        warehouse.execute(f"create table raw.{table} ({columns}, release varchar)")
    for earlier, build in lake.earlier_builds(release).items():
        warehouse.execute("insert into raw.earlier_builds values (?, ?)", [earlier, build])
        for table, (mart, columns, condition) in HISTORY.items():
            if lake.has(earlier, mart):
                warehouse.execute(
                    f"insert into raw.{table} select distinct {_names(columns)}, ? from read_parquet(?)"
                    f" where {condition} order by all",
                    [earlier, str(lake.build(earlier) / f"{mart}.parquet")],
                )
    _recall_control_groups(warehouse, lake.previous(release))


def _recall_control_groups(warehouse: duckdb.DuckDBPyConnection, earlier: str | None) -> None:
    """Take over the control groups of the release before, for those whose controls will be the same."""
    warehouse.execute(f"create table raw.earlier_control_groups ({GROUPS})")
    if earlier and lake.has(earlier, "control_groups"):
        warehouse.execute(
            f"insert into raw.earlier_control_groups select {_names(GROUPS)} from read_parquet(?)"
            " where input_hash is not null order by group_id",
            [str(lake.build(earlier) / "control_groups.parquet")],
        )


def _names(columns: str) -> str:
    """Return the names of typed columns.

    >>> _names("gene_id varchar, share double")
    'gene_id, share'
    """
    return ", ".join(column.split()[0] for column in columns.split(","))
