"""Each era has its files, under its names, cut as that era cuts them."""

from fnmatch import fnmatchcase

import pytest

from muster.catalog import catalog


@pytest.mark.parametrize("release", ["10.1", "22.0", "24.0"])
def test_every_declared_report_of_the_era_is_there_and_no_other(files, release: str) -> None:
    of_era = [source.path_at(release) for source in catalog().files.values() if source.lies_in == "release"]
    declared = [path for path in of_era if path and path.endswith(".csv.gz")]

    written = files(release)
    assert [path for path in declared if not any(fnmatchcase(name, path) for name in written)] == []
    assert [name for name in written if not any(fnmatchcase(name, path) for path in declared)] == []


def test_24_splits_what_23_stacks(files, sections) -> None:
    before, after = files("23.0"), files("24.0")

    upper, middle, lower = sections(before["results/fertility.csv.gz"])
    assert [upper[0][0], middle[0][0], lower[0][0]] == ["Phenotype", "Conflicting females", "Gene Symbol"]
    assert len(sections(after["results/fertility-3-detailed.csv.gz"])) == 1
    assert len(sections(before["results/dataOverview.csv.gz"])) == 4
    assert {name for name in after if "data-overview-" in name} == {
        "results/data-overview-mp-terms.csv.gz",
        "results/data-overview-summary.csv.gz",
        "results/data-overview-top-level-mp-terms.csv.gz",
    }


def test_the_subsets_of_the_calls_are_all_calls_once(files, assertions) -> None:
    parts = [text for name, text in files("22.0").items() if "assertions-" in name and "ALL" not in name]

    assert len(parts) == 4
    assert sum(len(text.splitlines()) - 1 for text in parts) == len(assertions("22.0"))
