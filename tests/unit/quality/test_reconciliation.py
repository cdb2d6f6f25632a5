from typing import Any

import duckdb
import pytest

from muster.quality.reconciliation import reconciliation_frame

NAMES = "marker_accession_id, mp_term_id, mp_term_name, parameter_stable_id, procedure_stable_id, resource_name"
CALLS = """
    ('MGI:1', 'MP:1', 'small ears', 'A_001', 'A', 'IMPC'), ('MGI:1', 'MP:1', 'small ears', 'A_001', 'A', 'MGP'),
    ('MGI:1', 'MP:2', 'odd tail', 'B_001', 'B', 'IMPC'), ('MGI:2', 'MP:2', 'odd tail', 'B_001', 'B', 'IMPC')
"""


@pytest.fixture
def reports(warehouse: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Four calls of two genes, and the reports that tell the same."""
    warehouse.execute(f"create table raw.assertions as select * from (values {CALLS}) as rows({NAMES})")
    warehouse.execute("create table raw.assertion_subsets as from raw.assertions")
    warehouse.execute(
        "create table raw.phenotype_hits_per_gene as select * from (values ('MGI:1', '2', 'Odd tail::small ears'),"
        " ('MGI:2', '1', 'odd tail'), ('MGI:3', '0', 'None')) as rows(gene_id, hit_count, hits)"
    )
    for table, item, items in (
        ("phenotype_hits_per_parameter", "parameter_id", ("A_001", "B_001")),
        ("phenotype_hits_per_procedure", "procedure_id", ("A", "B")),
    ):
        warehouse.execute(f"create table raw.{table} as select unnest({list(items)}) as {item}, '2' as hit_count")
    warehouse.execute("create table raw.viability as select 'MGI:3' as gene_accession_id")
    return warehouse


def found(warehouse: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    frame = reconciliation_frame(warehouse, "22.0")
    assert frame is not None
    return frame.data.set_index("comparison").to_dict("index")


def test_reports_that_tell_the_same_agree(reports: duckdb.DuckDBPyConnection) -> None:
    assert {name: row["agreed_share"] for name, row in found(reports).items()} == {
        "genes: terms of the calls, hits per gene": 1.0,
        "genes: hits named, hits counted": 1.0,
        "parameters: calls, hits per parameter": 1.0,
        "procedures: calls, hits per procedure": 1.0,
        "resources: calls, calls of each subset": 1.0,
        "genes: viability, phenotyped": 1.0,
    }


@pytest.mark.parametrize(
    ("change", "comparison", "example"),
    [
        (
            "update raw.phenotype_hits_per_gene set hits = 'odd tail', hit_count = '1'",
            "genes: terms of the calls, hits per gene",
            "MGI:1: 2 called, 1 listed; MGI:3: 0 called, 1 listed",
        ),
        (
            "update raw.phenotype_hits_per_gene set hit_count = '9' where gene_id = 'MGI:2'",
            "genes: hits named, hits counted",
            "MGI:2: 1 named, 9 counted",
        ),
        (
            "delete from raw.phenotype_hits_per_parameter where parameter_id = 'A_001'",
            "parameters: calls, hits per parameter",
            "A_001: 2 called, 0 listed",
        ),
        (
            "update raw.phenotype_hits_per_procedure set hit_count = '7' where procedure_id = 'B'",
            "procedures: calls, hits per procedure",
            "B: 2 called, 7 listed",
        ),
        (
            "delete from raw.assertion_subsets where resource_name = 'MGP'",
            "resources: calls, calls of each subset",
            "MGP: 1 called, 0 listed",
        ),
        (
            "update raw.viability set gene_accession_id = 'MGI:4'",
            "genes: viability, phenotyped",
            "MGI:4: not among the phenotyped genes",
        ),
    ],
)
def test_what_disagrees_is_named(
    reports: duckdb.DuckDBPyConnection, change: str, comparison: str, example: str
) -> None:
    reports.execute(change)

    assert found(reports)[comparison]["agreed_share"] < 1
    assert found(reports)[comparison]["examples"] == example


def test_pathology_that_the_report_leaves_out_or_lists_is_no_disagreement(reports: duckdb.DuckDBPyConnection) -> None:
    reports.execute("insert into raw.assertions values ('MGI:2', 'MPATH:1', 'atrophy', 'A_001', 'A', 'IMPC')")
    name = "genes: terms of the calls, hits per gene"

    left_out = found(reports)[name]["agreed_share"]
    reports.execute("update raw.phenotype_hits_per_gene set hits = 'odd tail::atrophy' where gene_id = 'MGI:2'")

    assert (left_out, found(reports)[name]["agreed_share"]) == (1.0, 1.0)


def test_a_significant_result_without_a_call_is_named(reports: duckdb.DuckDBPyConnection) -> None:
    columns = "'Abc<tm1b>' as allele_symbol, 'homozygote' as zygosity"
    reports.execute(f"create or replace table raw.assertions as select *, {columns} from raw.assertions")
    reports.execute(
        f"create table raw.statistical_results as select {columns}, 'MGI:1' as marker_accession_id,"
        " unnest(['A_001', 'C_001', 'D_001']) as parameter_stable_id, unnest(['MP:1', 'MP:3', null]) as mp_term_id"
    )

    results = found(reports)["results: significant ones, calls"]

    assert (results["compared_count"], results["agreed_count"]) == (2, 1)
    assert results["examples"] == "Abc<tm1b> homozygote C_001: significant, not called"


def test_without_reports_there_is_nothing_to_compare(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert reconciliation_frame(warehouse, "22.0") is None
