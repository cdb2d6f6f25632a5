from pathlib import Path

import pandas as pd
import pytest

from muster.portal import gene_lists
from muster.portal.models import Version


def test_a_dark_gene_is_told_once_with_how_many_other_terms_it_has(version: Version) -> None:
    dark = gene_lists.dark_genes(version)
    assert dark is not None
    twice = pd.concat([dark, dark.assign(mp_term_id="MP:3")], ignore_index=True)

    (row,) = gene_lists.dark_by_gene(twice)

    assert (row["symbol"], row["others"]) == ("Gene65", 1)
    assert row["why"][0].startswith("interacts with Tbx6")
    assert sorted(gene_lists.dark_by_term(twice)) == ["MP:1", "MP:3"]


def test_the_advisor_shows_both_orders_and_the_bias_of_each(version: Version) -> None:
    advice = gene_lists.advice(version)
    assert advice is not None

    page = gene_lists.advisor_page(advice)

    assert page["corrected"][0]["symbol"] == "Gene61"
    assert page["raw"][0]["symbol"] == "Gene300"
    assert page["lines"] == []
    assert page["bias"][0][1:] == pytest.approx((1.0, -1.0))


def test_a_model_without_lists_has_none(version: Version) -> None:
    (version.folder / "advisor.parquet").unlink()

    assert gene_lists.advice(version) is None


def test_files_are_the_table_of_the_version_and_its_words(version: Version, tmp_path: Path) -> None:
    dark = gene_lists.dark_genes(version)
    assert dark is not None

    gene_lists.write_files(version, "dark_genes", dark, tmp_path / "site")

    words = pd.read_csv(tmp_path / "site" / "dark_genes.csv")
    assert words.loc[0, "why"].startswith("interacts with Tbx6")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "site" / "dark_genes.parquet"), dark)
