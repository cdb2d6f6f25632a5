import pytest

from muster import backtest, lake
from muster.catalog import Mirror, catalog
from muster.settings import settings
from muster.steps.fetch import fetch
from muster.steps.watch import watch


def test_the_oldest_release_that_is_newer_than_the_current_one_is_next(write_mirror, publish_marts) -> None:
    for release in ("9.2", "10.0", "10.1"):
        write_mirror(release)
    assert watch() == "9.2"

    publish_marts("9.2", genes="select 1 as gene_id")

    assert watch() == "10.0"


def test_nothing_is_next_once_the_newest_is_published(write_mirror, publish_marts) -> None:
    write_mirror("9.2")
    publish_marts("9.2", genes="select 1 as gene_id")

    assert watch() is None


@pytest.mark.parametrize(("published", "current", "due"), [(["9.2"], "9.2", "10.0"), ([], "9.2", "10.0")])
def test_what_a_backtest_published_is_still_next(
    published: list[str], current: str, due: str, write_mirror, publish_marts, monkeypatch
) -> None:
    for release in ("9.2", "10.0"):
        write_mirror(release)
    for release in published:
        publish_marts(release, genes="select 1 as gene_id")

    def publish(step: str, *arguments: str) -> None:
        if step == "publish":
            publish_marts(*arguments, genes="select 1 as gene_id")

    monkeypatch.setattr(backtest, "run_step", publish)
    with pytest.raises(backtest.BacktestError, match="nothing could be judged"):
        backtest.backtest("9.2", "10.0", ["viability"])

    assert lake.releases() == ["9.2", "10.0"]
    assert (lake.current(), watch()) == (current, due)


def test_a_refused_release_is_passed_over_until_its_files_change(write_mirror) -> None:
    for release in ("9.2", "10.0"):
        write_mirror(release)
    fetch("9.2")
    lake.refuse("9.2", "raw", ["a third of the rows are repeated"])
    assert watch() == "10.0"

    write_mirror("9.2", phenotype_hits_per_gene="Gene Symbol,corrected\nA,1\n")

    assert watch() == "9.2"


def test_an_empty_lake_begins_with_the_first_release_the_mirror_declares(write_mirror, monkeypatch) -> None:
    for release in ("1.0", "21.0", "22.0"):
        write_mirror(release)
    monkeypatch.setattr("muster.steps.watch.mirror", lambda: Mirror(url="x", first_release="21.0"))

    assert watch() == "21.0"


def test_the_current_release_is_next_again_when_an_older_one_was_taken_in_since(write_mirror, publish_marts) -> None:
    for release in ("9.2", "10.0"):
        write_mirror(release)
        fetch(release)
    newest = publish_marts("10.0", genes="select 1 as gene_id")
    lake.write_json(newest / "manifest.json", {"earlier": {}, "absent": {}, "marts": {}})
    assert watch() is None

    publish_marts("9.2", genes="select 1 as gene_id")
    lake.point(settings().lake / "current", newest)

    assert watch() == "10.0"
    lake.write_json(newest / "manifest.json", {"earlier": {"9.2": "build"}, "absent": {}, "marts": {}})
    assert watch() is None


def test_the_impc_mirror_does_not_begin_in_2014() -> None:
    assert catalog().mirrors["impc"].first_release == "21.0"
    assert catalog().mirrors["demo"].first_release == "0.0"
