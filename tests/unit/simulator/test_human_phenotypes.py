"""Human diseases of simulated genes: what HPO's table says of them."""

import csv
import gzip

import pandas as pd
import pytest

from muster.catalog import catalog


def read(tiny_mirror, name: str, columns: list[str] | None = None) -> pd.DataFrame:
    with gzip.open(tiny_mirror.folder / "companions" / catalog().companions[name].path, "rt") as file:
        return pd.DataFrame(csv.DictReader(file, columns, delimiter="\t"))


@pytest.fixture(scope="module")
def phenotypes(tiny_mirror) -> pd.DataFrame:
    return read(tiny_mirror, "human_phenotypes")


@pytest.fixture(scope="module")
def genes(tiny_mirror) -> pd.DataFrame:
    return pd.read_csv(tiny_mirror.folder / "truth/genes.csv", keep_default_na=False)


def test_a_disease_is_of_a_gene_that_the_orthologues_know_by_number_and_symbol(tiny_mirror, phenotypes) -> None:
    known = set(
        read(tiny_mirror, "orthologues", ["symbol", "number", "mouse", "gene_id"])[["number", "symbol"]].agg(
            tuple, axis=1
        )
    )

    assert set(zip(phenotypes["ncbi_gene_id"], phenotypes["gene_symbol"], strict=True)) <= known
    assert phenotypes.groupby("disease_id")["gene_symbol"].nunique().max() == 1


def test_every_disease_says_how_it_is_inherited_and_some_terms_are_told_as_never_seen(phenotypes) -> None:
    inherited = phenotypes[phenotypes["hpo_name"].str.endswith("inheritance")]

    assert inherited["disease_id"].nunique() == phenotypes["disease_id"].nunique() == len(inherited)
    assert {"0/7", "HP:0040285"} <= set(phenotypes["frequency"])


def test_genes_of_one_module_share_terms_more_often_than_others(phenotypes, genes) -> None:
    module = genes.drop_duplicates("human_symbol").set_index("human_symbol")["module"]
    shown = phenotypes[~phenotypes["hpo_name"].str.endswith("inheritance")]
    pairs = shown.merge(shown, on="hpo_id")
    pairs = pairs[pairs["gene_symbol_x"] < pairs["gene_symbol_y"]]

    alike = pairs["gene_symbol_x"].map(module) == pairs["gene_symbol_y"].map(module)
    assert alike.mean() > 2 * (module.value_counts(normalize=True) ** 2).sum()
