from muster import lake
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


def test_a_refused_release_is_passed_over_until_its_files_change(write_mirror) -> None:
    for release in ("9.2", "10.0"):
        write_mirror(release)
    fetch("9.2")
    lake.refuse("9.2", "raw", ["a third of the rows are repeated"])
    assert watch() == "10.0"

    write_mirror("9.2", phenotype_hits_per_gene="Gene Symbol,corrected\nA,1\n")

    assert watch() == "9.2"
