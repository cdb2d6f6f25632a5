"""Companions bear the names, headers and conventions of the public files."""

import gzip

import pandas as pd

from muster.catalog import catalog

#: Curated tables of real parameters: what they say of simulated ones would be invented.
NOT_SIMULATED = {"late_adult_parameters", "parameter_crosswalk", "solr_fields"}


def lines(mirror, name: str) -> list[str]:
    path = mirror.folder / "companions" / catalog().companions[name].path
    return gzip.decompress(path.read_bytes()).decode().splitlines()


def test_every_companion_that_something_is_made_from_is_written(tiny_mirror) -> None:
    written = {path.name for path in (tiny_mirror.folder / "companions").iterdir()}

    declared = catalog().companions
    assert written == {source.path for name, source in declared.items() if name not in NOT_SIMULATED}


def test_headers_are_those_of_the_public_files(tiny_mirror) -> None:
    expected = {
        "gene_families": (
            "mgi_id,hgnc_id,human_symbol,panther_family,family_name,panther_subfamily,subfamily_name,panther_class"
        ),
        "idg_targets": "protein_id,human_symbol,uniprot,name,target_level,target_family,novelty",
        "human_phenotypes": "ncbi_gene_id\tgene_symbol\thpo_id\thpo_name\tfrequency\tdisease_id",
        "string_interactions": "interactor_a\tinteractor_b",
        "biogrid_interactions": "interactor_a\tinteractor_b",
        "mp_chooser": "pipeline_stable_id,procedure_group,parameter_stable_id,sex,outcome,level,mp_term_id",
    }

    assert {name: lines(tiny_mirror, name)[0] for name in expected} == expected


def test_orthologues_have_no_header_and_four_columns(tiny_mirror) -> None:
    first = lines(tiny_mirror, "orthologues")[0].split("\t")

    assert len(first) == 4
    assert first[0] == first[2].upper()
    assert first[3].startswith("MGI:9")


def test_some_genes_have_no_partner_of_their_own(tiny_mirror) -> None:
    genes = pd.read_csv(tiny_mirror.folder / "truth/genes.csv")

    assert 0.02 < 1 - genes["is_one_to_one"].mean() < 0.12


def test_the_chooser_says_nothing_twice(tiny_mirror) -> None:
    chooser = lines(tiny_mirror, "mp_chooser")

    assert len(chooser) == len(set(chooser)) > 500


def test_the_chooser_agrees_with_the_results(tiny_mirror) -> None:
    chooser = [line.split(",") for line in lines(tiny_mirror, "mp_chooser")[1:]]
    may = {(row[0], row[2], row[6]) for row in chooser}
    results = pd.read_csv(
        tiny_mirror.folder / "all-data-releases/release-22.0/results/statistical-results-ALL.csv.gz", low_memory=False
    )

    called = results[results["mp_term_id"].notna()]
    found = set(zip(called["pipeline_stable_id"], called["parameter_stable_id"], called["mp_term_id"], strict=True))
    assert found <= may
