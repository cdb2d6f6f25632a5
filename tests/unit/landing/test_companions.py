"""A set of companions lands whole, says its versions, and a bad one never takes the place of a good one."""

import gzip
import json
from pathlib import Path

import pytest

from muster.catalog import catalog
from muster.landing import companions
from muster.landing.companions import CompanionsError, land_companions
from muster.mirrors.discovery import connect
from muster.settings import ROOT, configure

REAL = ROOT.parent / "shared" / "data" / "companions"
OBO = """format-version: 1.2
data-version: releases/2025-01-01
ontology: mp

[Term]
id: MP:0000001
name: mammalian phenotype
"""
GAF = "!gaf-version: 2.2\n!date-generated: 2024-09-08T00:11\n" + "\t".join(
    [
        "MGI",
        "MGI:1",
        "Abc1",
        "enables",
        "GO:1",
        "x",
        "IDA",
        "",
        "F",
        "",
        "",
        "protein",
        "taxon:10090",
        "20240101",
        "MGI",
    ]
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "companions"
    folder.mkdir()
    (folder / "mp.obo").write_text(OBO)
    (folder / "HMD_HumanPhenotype.rpt").write_text("ABC1\t1\tAbc1\tMGI:1\n")
    (folder / "mgi.gaf.gz").write_bytes(gzip.compress(GAF.encode()))
    configure(companions=str(folder))
    return folder


def land() -> dict:
    with connect() as connection:
        return json.loads((companions.folder(land_companions(connection)) / "manifest.json").read_text())


def test_a_set_says_the_version_and_licence_of_each_file(place: Path) -> None:
    told = land()

    files = {name: (entry["path"], entry["version"], entry["licence"]) for name, entry in told["files"].items()}
    assert files == {
        "mp_ontology": ("mp.obo", "2025-01-01", "CC-BY 4.0 (MP)"),
        "orthologues": ("HMD_HumanPhenotype.rpt", "current", "CC-BY 4.0 (MGI)"),
        "go_annotations": ("mgi.gaf.gz", "2024-09-08", "CC-BY 4.0 (GO)"),
    }
    assert {len(entry["sha256"]) for entry in told["files"].values()} == {64}
    assert told["absent"]["mp_chooser"] == f"mp_chooser_2022-10-28.csv.gz is not in file:{place}"


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("mp.obo", OBO + "is_a: MP:0000009\n", r"mp\.obo line 8: is_a MP:0000009, and no term has this id"),
        ("gene_families.csv", "wrong\n1\n", r"gene_families\.csv.* lacks the required columns mgi_id"),
        ("mp_chooser_2022-10-28.csv", "a\n1,2\n", "lacks the required columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_the_set_before_stays(
    place: Path, name: str, content: str, complaint: str
) -> None:
    before = land()
    (place / name).write_text(content)

    with pytest.raises(CompanionsError, match=complaint + ".*the companions that landed before stay in use"):
        land()

    sets = [path.parent.name for path in companions.folder("x").parent.glob("*/manifest.json")]
    assert sets == [before["set"]]


def test_a_row_that_cannot_be_read_is_found_when_the_set_lands(place: Path) -> None:
    (place / "reactome_genes.csv.gz").write_bytes(gzip.compress(b"term_id,gene_symbol\nR-1,A\nR-2\n"))

    with pytest.raises(CompanionsError, match=r"reactome_genes\.csv\.gz line 3: .* It reads: 'R-2'"):
        land()


def test_without_the_ontology_nothing_works_and_every_form_of_it_is_named(place: Path) -> None:
    (place / "mp.obo").unlink()

    with pytest.raises(CompanionsError, match=r"companions mp_ontology: mp\.obo\.gz or mp\.json or mp\.owl or mp_o"):
        land()


@pytest.mark.skipif(not REAL.exists(), reason="the real companions are not beside this checkout (../shared/data)")
def test_every_companion_that_is_declared_lands_from_the_real_files() -> None:
    configure(companions=str(REAL))

    told = land()

    # Neither HPO's table nor the ontology of GO is among the files in hand; everything goes on without them.
    assert set(told["absent"]) == {"human_phenotypes", "go_ontology"}
    assert set(told["files"]) == set(catalog().companions) - {*told["absent"]}
