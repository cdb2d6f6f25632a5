"""A mirror is a function of size, releases and seed, and is written whole or not at all."""

from hashlib import sha256
from pathlib import Path

import pytest

from muster.simulator import simulate as module
from muster.simulator.consortium import found
from muster.simulator.simulate import OccupiedError, simulate
from muster.simulator.sizes import SIZES, NotSimulatedError, UnknownSizeError


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_whatever_other_releases_are_asked_for(tiny_mirror, tmp_path: Path) -> None:
    again = digests(simulate("tiny", tmp_path / "again", ["23.0"]))

    before = digests(tiny_mirror.folder)
    differing = {name for name, digest in again.items() if before[name] != digest}
    assert differing == {"spec.json", "companions/impc_release_history.csv.gz"}
    assert len(again) > 190


def test_another_seed_gives_other_genes() -> None:
    assert not found(SIZES["tiny"], 1).genes.equals(found(SIZES["tiny"], 2).genes)


def test_a_mirror_that_is_there_is_kept(tiny_mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "found", None)

    kept = simulate("tiny", tiny_mirror.folder, ["22.0", "22.1", "22.2", "22.3", "23.0"])

    assert kept == tiny_mirror.folder


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(OccupiedError, match=r"not empty"):
        simulate("tiny", tmp_path, ["22.0"])

    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_an_unknown_size_or_release_says_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(UnknownSizeError, match=r"huge: unknown size; there are tiny, demo"):
        simulate("huge", tmp_path / "a", ["22.0"])
    with pytest.raises(NotSimulatedError, match=r"9\.9: this release is not simulated"):
        simulate("tiny", tmp_path / "b", ["9.9"])


def test_latest_names_the_newest_release(tiny_mirror) -> None:
    readme = (tiny_mirror.folder / "all-data-releases/latest/README.md").read_text()

    assert "data release 23.0 (2025-04-23)" in readme
    assert "Scope: partial" not in readme


def test_old_releases_have_the_old_layout(tmp_path: Path) -> None:
    folder = simulate("tiny", tmp_path / "old", ["10.1"]) / "all-data-releases/release-10.1"

    names = {str(path.relative_to(folder)) for path in folder.rglob("*.csv.gz")}
    assert names == {
        "csv/3I_genotype_phenotype.csv.gz",
        "csv/ALL_genotype_phenotype.csv.gz",
        "csv/EuroPhenome_genotype_phenotype.csv.gz",
        "csv/IMPC_ALL_statistical_results.csv.gz",
        "csv/IMPC_genotype_phenotype.csv.gz",
        "csv/MGP_genotype_phenotype.csv.gz",
        "reports/dataOverviewReport.csv.gz",
        "reports/fertilityReport.csv.gz",
        "reports/hitsPerLineReport.csv.gz",
        "reports/hitsPerParameterAndProcedureReport.csv.gz",
        "reports/laczExpressionReport.csv.gz",
        "reports/phenotypeHitsReport.csv.gz",
        "reports/phenotypeOverviewPerGeneReport.csv.gz",
        "reports/procedureCompletenessAllReport.csv.gz",
        "reports/viabilityReport.csv.gz",
        "reports/zygosityReport.csv.gz",
    }
