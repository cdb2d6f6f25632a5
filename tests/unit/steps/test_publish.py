import json
from collections.abc import Callable
from pathlib import Path

import pytest

from muster import lake
from muster.locks import BusyError, exclusive
from muster.quality.report import report_path
from muster.settings import settings
from muster.steps.publish import NotCheckedError, publish
from muster.warehouse import writer

BuildMarts = Callable[..., None]

MARTS = {
    "genes": {"key": ["gene_id"], "needs": ["orthologues"]},
    "images": {"key": ["image_id"], "needs": ["image_records", "observations"]},
}


@pytest.fixture
def build_marts() -> BuildMarts:
    """Give a function that makes checked marts by hand: `build_marts("18.0", ["MGI:2", "MGI:1"])`."""

    def build(release: str, genes: list[str], fingerprint: str = "0123456789abcdef", passed: bool = True) -> None:
        with writer(release) as warehouse:
            for statement in (
                "create or replace table raw.files as select * from (values ('image_records', null, 0, true),"
                " ('observations', null, 0, true), ('orthologues', 'a1', 2, false))"
                " as files (name, sha256, row_count, is_absent)",
                "create or replace table raw.release as select date '2022-11-28' as released_on,"
                " true as is_partial, 'demo' as mirror",
                f"create or replace table marts.genes as select unnest({genes}) as gene_id, '{release}' as release",
                "create or replace table marts.images (image_id varchar, release varchar)",
                f"create or replace table main.transformed as select '{fingerprint}' as fingerprint,"
                f" '{json.dumps(MARTS)}' as marts",
                "create or replace table raw.fingerprint as select 'raw of today' as fingerprint",
                "create or replace table raw.earlier_builds as select '17.0' as release, 'abc' as build",
            ):
                warehouse.execute(statement)
        lake.write_json(report_path("raw", release), {"passed": True, "fingerprint": "raw of today"})
        lake.write_json(report_path("staging", release), {"passed": True, "fingerprint": fingerprint})
        lake.write_json(report_path("marts", release), {"passed": passed, "fingerprint": fingerprint})

    return build


def genes(folder: Path) -> bytes:
    return (folder / "genes.parquet").read_bytes()


def test_a_mart_is_ordered_by_its_key_and_described(build_marts) -> None:
    build_marts("18.0", ["MGI:2", "MGI:1"])

    target = publish("18.0")

    manifest = lake.manifest("18.0")
    assert target == lake.build("18.0")
    assert lake.read("18.0", "genes", "gene_id").fetchall() == [("MGI:1",), ("MGI:2",)]
    assert manifest["build"] == "0123456789ab"
    assert manifest["released_on"] == "2022-11-28"
    assert manifest["sources"] == {"orthologues": "a1"}
    assert manifest["source_rows"] == {"image_records": 0, "observations": 0, "orthologues": 2}
    assert manifest["earlier"] == {"17.0": "abc"}
    assert manifest["marts"]["genes"]["rows"] == 2
    assert manifest["marts"]["genes"]["key"] == ["gene_id"]


def test_a_mart_without_rows_is_absent_for_a_reason(build_marts) -> None:
    build_marts("18.0", ["MGI:1"])

    target = publish("18.0")

    assert not (target / "images.parquet").exists()
    assert lake.manifest("18.0")["absent"] == {"images": "the release has no image_records and no observations"}


def test_the_order_in_which_rows_were_made_does_not_change_the_bytes(build_marts) -> None:
    build_marts("18.0", ["MGI:1", "MGI:2", "MGI:3"], fingerprint="a" * 64)
    first = publish("18.0")
    build_marts("18.0", ["MGI:3", "MGI:1", "MGI:2"], fingerprint="b" * 64)

    second = publish("18.0")

    assert first != second
    assert genes(first) == genes(second)


def test_a_build_that_is_there_is_left_as_it_is(build_marts) -> None:
    build_marts("18.0", ["MGI:1"])
    written_at = (publish("18.0") / "genes.parquet").stat().st_mtime_ns

    target = publish("18.0")

    assert (target / "genes.parquet").stat().st_mtime_ns == written_at


def test_a_build_that_was_damaged_is_written_again(build_marts) -> None:
    build_marts("18.0", ["MGI:1"])
    target = publish("18.0")
    before = genes(target)
    (target / "genes.parquet").write_bytes(b"x")

    publish("18.0")

    assert genes(target) == before


def test_the_kinds_of_observation_are_counted_for_the_next_release(build_marts) -> None:
    build_marts("18.0", ["MGI:1"])
    with writer("18.0") as warehouse:
        warehouse.execute("create table raw.observations as select unnest(['text', 'text']) as observation_type")

    publish("18.0")

    assert lake.manifest("18.0")["source_rows"]["observations, text"] == 2


def test_marts_that_nobody_checked_are_not_published(build_marts) -> None:
    build_marts("18.0", ["MGI:1"])
    report_path("marts", "18.0").unlink()

    with pytest.raises(NotCheckedError, match=r"muster check marts 18\.0"):
        publish("18.0")


def test_marts_that_failed_their_check_leave_the_last_good_release_current(build_marts) -> None:
    build_marts("18.0", ["MGI:1"])
    publish("18.0")
    build_marts("19.0", ["MGI:1"], passed=False)

    with pytest.raises(NotCheckedError, match=r"did not pass .* `muster check marts 19\.0`"):
        publish("19.0")

    assert lake.current() == "18.0"
    assert lake.releases() == ["18.0"]


@pytest.mark.parametrize("stage", ["raw", "staging", "marts"])
def test_what_changed_since_its_check_is_not_published(build_marts, stage: str) -> None:
    build_marts("18.0", ["MGI:1"])
    lake.write_json(report_path(stage, "18.0"), {"passed": True, "fingerprint": "that of yesterday"})

    with pytest.raises(NotCheckedError, match=rf"`muster check {stage} 18\.0` again"):
        publish("18.0")

    assert lake.releases() == []


def test_filling_in_an_older_release_does_not_turn_back_the_clock(build_marts) -> None:
    for release in ("18.0", "9.2"):
        build_marts(release, ["MGI:1"])
        publish(release)

    assert lake.current() == "18.0"
    assert lake.releases() == ["9.2", "18.0"]


def test_marts_that_were_never_built_name_the_command(build_marts) -> None:
    build_marts("18.0", ["MGI:1"])
    with writer("18.0") as warehouse:
        warehouse.execute("drop table main.transformed")

    with pytest.raises(NotCheckedError, match=r"muster transform 18\.0"):
        publish("18.0")


def test_a_release_that_is_being_removed_is_not_published(build_marts) -> None:
    build_marts("18.0", ["MGI:1"])
    lock = settings().warehouse("18.0").with_name("18.0.lock")

    with exclusive(lock, "test"), pytest.raises(BusyError, match=r"publish or removal of 18\.0 is under way"):
        publish("18.0")

    assert lake.releases() == []
