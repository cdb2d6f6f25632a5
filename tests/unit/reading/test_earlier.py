import duckdb

from muster.reading.earlier import recall_earlier

GROUP = (
    "select '{0}' as group_id, '{1}' as input_hash, 2.0 as submitted_location, 1.0 as submitted_spread,"
    " 9 as distinct_count, 0.1 as floor_share, 0.1 as ceiling_share, 'resolved' as resolution, 'JAX' as centre"
)


def recalled(release: str) -> duckdb.DuckDBPyConnection:
    warehouse = duckdb.connect()
    warehouse.execute("create schema raw")
    recall_earlier(warehouse, release)
    return warehouse


def test_the_calls_of_every_earlier_release_are_remembered(publish_marts) -> None:
    calls = "select 'MGI:1' as gene_id, 'MP:1' as mp_term_id, 'called' as status"
    publish_marts("21.0", gene_phenotypes=calls)
    publish_marts("22.0", gene_phenotypes=f"{calls} union all select 'MGI:2', 'MP:1', 'tested'")

    warehouse = recalled("23.0")

    assert warehouse.sql("from raw.earlier_calls order by release").fetchall() == [
        ("MGI:1", "MP:1", "21.0"),
        ("MGI:1", "MP:1", "22.0"),
    ]


def test_control_groups_come_from_the_release_before_alone(publish_marts) -> None:
    publish_marts("21.0", control_groups=GROUP.format("a", "old"))
    publish_marts("22.0", control_groups=GROUP.format("a", "new"))

    warehouse = recalled("23.0")

    assert warehouse.sql("select group_id, input_hash from raw.earlier_control_groups").fetchall() == [("a", "new")]


def test_the_first_release_remembers_nothing() -> None:
    warehouse = recalled("23.0")

    assert warehouse.sql("from raw.earlier_control_groups").fetchall() == []
    assert warehouse.sql("from raw.earlier_builds").fetchall() == []
