import json
from collections.abc import Callable
from typing import Any

import pytest

from muster import lake
from muster.quality.report import sentence
from muster.settings import settings
from muster.steps.check import check
from muster.steps.publish import NotCheckedError, publish
from muster.warehouse import NotLoadedError, writer

LoadRelease = Callable[..., None]

GENES = [f"MGI:{number}" for number in range(1, 41)]


@pytest.fixture
def load_release() -> LoadRelease:
    """Give a function that loads a release of 40 viability calls by hand, and SQL to change it."""

    def load(release: str, *changes: str, rows: int = 40, before: int | None = None, is_partial: bool = False) -> None:
        with writer(release) as warehouse:
            warehouse.execute(
                "create table raw.release as select ? as release, date '2024-11-04' as released_on, ? as is_partial",
                [release, is_partial],
            )
            warehouse.execute(
                "create table raw.release_history as select '22.0' as release, '40' as phenotyped_genes,"
                " '90' as phenotype_calls"
            )
            warehouse.execute(
                "create table raw.phenotype_hits_per_gene as select row_number() over () as source_row, gene_id,"
                " 'Abc' as gene_symbol, '1' as hit_count, 'small ears' as hits from (select unnest(?) as gene_id)",
                [GENES],
            )
            warehouse.execute(
                "create table raw.viability as select source_row, gene_id as gene_accession_id,"
                " 'viable' as viability_phenotype, '25' as percentage_homs_hems, '60' as total_pups,"
                " 'JAX' as phenotyping_center from raw.phenotype_hits_per_gene"
            )
            warehouse.execute(
                "create table raw.files as select 'viability' as name, ? as row_count, 0 as duplicate_count,"
                " ? as previous_row_count, false as is_absent",
                [rows, before],
            )
            warehouse.execute("create table raw.fingerprint as select 'raw of today' as fingerprint")
            warehouse.execute("create table main.transformed as select 'marts of today' as fingerprint, '{}' as marts")
            for change in changes:
                warehouse.execute(change)

    return load


def report(release: str) -> dict[str, Any]:
    return json.loads((settings().release_reports(release) / "checks" / "raw.json").read_text())


def test_a_good_release_passes_and_says_what_was_not_there(load_release: LoadRelease) -> None:
    load_release("22.0")

    check("raw", "22.0")

    assert report("22.0")["passed"]
    assert report("22.0")["warnings"] == []
    assert {"table": "observations", "reason": "there is no such table"} in report("22.0")["skipped"]
    assert lake.refusal("22.0") is None


def test_a_third_of_copies_is_refused_although_there_are_more_rows_than_before(load_release: LoadRelease) -> None:
    copies = "insert into raw.viability select source_row + 40, * exclude source_row from raw.viability limit 20"
    load_release("22.1", copies, "update raw.files set duplicate_count = 20", rows=60, before=40)

    with pytest.raises(lake.RefusedError, match="duplicate_share") as refusal:
        check("raw", "22.1")

    assert "alike_source_rows [[1, 41], [2, 42], [3, 43]]" in str(refusal.value)
    assert "nothing is published yet" in str(refusal.value)
    (failure,) = report("22.1")["failures"]
    assert (failure["table"], failure["severity"]) == ("files", "critical")
    assert failure["why"]
    assert failure["remedy"]
    assert lake.refusal("22.1")["stage"] == "raw"


def test_a_release_with_fewer_rows_passes(load_release: LoadRelease) -> None:
    load_release("23.0", before=59)

    check("raw", "23.0")

    assert report("23.0")["passed"]
    assert [warning["kwargs"]["column_B"] for warning in report("23.0")["warnings"]] == ["warned_below"]


def results(count: int, copies: int = 0) -> str:
    """Return SQL for statistical results, so many of them there twice under another number of the index."""
    return f"""
        create table raw.statistical_results as
        select
            row_number() over () as source_row, row::varchar || copy as _version_,
            'MGI:' || row % 40 + 1 as marker_accession_id,
            'Abc<tm1b>' as allele_symbol, 'MGI:9' as allele_accession_id, 'J' || row as colony_id,
            'JAX' as phenotyping_center, 'homozygote' as zygosity, 'IMPC_HEM_001_001' as parameter_stable_id,
            '0.5' as p_value, '0.1' as effect_size, '0.3' as genotype_effect_stderr_estimate, 'Successful' as status,
            case when row % 50 = 0 then 'MP:0000001' end as mp_term_id
        from range({count}) as rows(row), range(2) as copies(copy)
        where copy = 0 or row < {copies}
    """


def file_of_results(rows: int, copies: int, before: int) -> str:
    return f"insert into raw.files values ('statistical_results', {rows}, {copies}, {before}, false)"


def test_the_bad_release_is_refused_for_its_copies_and_the_good_one_after_it_passes(load_release: LoadRelease) -> None:
    # In hundreds of the real rows: 2,062,772 of 21.1, 3,165,323 with 1,060,165 copies of 22.1, 2,159,930 of 23.0.
    load_release("22.1", results(2105, copies=1060), file_of_results(3165, 1060, before=2063), before=40)
    load_release("23.0", results(2160), file_of_results(2160, 0, before=3165), before=40)

    with pytest.raises(lake.RefusedError) as refusal:
        check("raw", "22.1")
    check("raw", "23.0")

    assert "name statistical_results row_count 3165.0 repeated_count 1060.0" in str(refusal.value)
    assert {failure["table"] for failure in report("22.1")["failures"]} == {"files", "natural_keys"}
    assert report("23.0")["passed"]
    (warning,) = [warning for warning in report("23.0")["warnings"] if warning["table"] == "growth"]
    assert "previous_row_count 3165.0" in sentence("raw", warning)


def test_reports_of_two_releases_are_refused(load_release: LoadRelease) -> None:
    load_release("22.0", "update raw.viability set gene_accession_id = 'MGI:9' || source_row")

    with pytest.raises(lake.RefusedError, match=r"comparison genes: viability, phenotyped .* agreed_share 0\.0"):
        check("raw", "22.0")


def test_a_file_that_lost_most_of_its_rows_is_refused(load_release: LoadRelease) -> None:
    load_release("23.0", before=400)

    with pytest.raises(lake.RefusedError, match="growth_ratio"):
        check("raw", "23.0")


def test_a_partial_release_is_not_judged_by_its_volume(load_release: LoadRelease) -> None:
    load_release("18.0", "update raw.viability set phenotyping_center = 'No data'", before=400, is_partial=True)

    check("raw", "18.0")

    skipped = [skip for skip in report("18.0")["skipped"] if skip.get("column")]
    assert "growth_ratio, refused_below" in {skip["column"] for skip in skipped}
    assert "has no phenotyping_center" in next(
        skip["reason"] for skip in skipped if skip["column"] == "phenotyping_center"
    )


def test_a_partial_release_is_judged_by_its_form(load_release: LoadRelease) -> None:
    load_release("18.0", "update raw.viability set gene_accession_id = 'ENSMUSG1'", is_partial=True)

    with pytest.raises(lake.RefusedError, match="gene_accession_id"):
        check("raw", "18.0")


def test_an_unknown_centre_is_a_warning(load_release: LoadRelease) -> None:
    load_release("22.0", "update raw.viability set phenotyping_center = 'Atlantis' where source_row = 3")

    check("raw", "22.0")

    (warning,) = report("22.0")["warnings"]
    assert warning["examples"] == [{"source_row": 3, "phenotyping_center": "Atlantis"}]
    assert "dbt/seeds/centres.csv" in warning["remedy"]


def test_the_last_good_release_stays_current(load_release: LoadRelease, publish_marts: Callable[..., Any]) -> None:
    publish_marts("22.0", viability="select 'MGI:1' as gene_id")
    load_release("22.1", "update raw.viability set viability_phenotype = '?'")

    with pytest.raises(lake.RefusedError, match=r"the last good release 22\.0 stays current"):
        check("raw", "22.1")

    assert lake.current() == "22.0"


def test_good_marts_take_the_refusal_back(load_release: LoadRelease) -> None:
    load_release("22.0")
    lake.refuse("22.0", "raw", ["it was bad"])

    for stage in ("raw", "staging"):
        check(stage, "22.0")
        assert lake.refusal("22.0") is not None
    check("marts", "22.0")

    assert lake.refusal("22.0") is None


def test_good_marts_of_a_refused_release_leave_it_refused_and_unpublished(load_release: LoadRelease) -> None:
    load_release("22.1", "update raw.viability set viability_phenotype = '?'")
    with pytest.raises(lake.RefusedError):
        check("raw", "22.1")

    check("marts", "22.1")

    with pytest.raises(NotCheckedError, match=r"raw of 22\.1 did not pass .* `muster check raw 22\.1`"):
        publish("22.1")
    assert lake.refusal("22.1")["stage"] == "raw"
    assert lake.releases() == []


def test_marts_of_raw_tables_that_nobody_checked_take_nothing_back(load_release: LoadRelease) -> None:
    load_release("22.0")
    lake.refuse("22.0", "raw", ["it was bad"])

    check("marts", "22.0")

    assert lake.refusal("22.0") is not None


def test_a_report_says_what_was_judged(load_release: LoadRelease) -> None:
    load_release("22.0")

    check("raw", "22.0")

    assert report("22.0")["fingerprint"] == "raw of today"


def test_a_release_that_is_not_loaded_leaves_no_folder() -> None:
    with pytest.raises(NotLoadedError):
        check("raw", "99.0")

    assert not settings().release_reports("99.0").exists()


def test_data_docs_show_all_stages_and_are_the_same_again(load_release: LoadRelease) -> None:
    load_release(
        "22.0",
        "create table marts.viability as select 'MGI:1' as gene_id, 'viable' as outcome, 1 as line_count,"
        " 'from 20.0' as rule_era, 'V' as fusil_bin",
        "create view staging.stg_impc__images as select 'o1' as observation_id, repeat('0f', 32) as sha256",
    )
    site = settings().release_reports("22.0") / "checks" / "data_docs"

    def pages() -> dict[str, bytes]:
        return {str(page.relative_to(site)): page.read_bytes() for page in site.rglob("*") if page.is_file()}

    for stage in ("raw", "staging", "marts"):
        check(stage, "22.0")
    first = pages()
    for stage in ("raw", "staging", "marts"):
        check(stage, "22.0")

    assert {name.split("/")[1] for name in first if name.startswith("validations")} == {"raw", "staging", "marts"}
    assert pages() == first
