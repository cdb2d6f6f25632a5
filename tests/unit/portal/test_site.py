"""The pages of a model with terms, from a version to the site."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from muster import registry
from muster.portal.models import Version
from muster.steps.portal import portal


@pytest.fixture(autouse=True)
def champion(version: Version, checkout_of_one_model: Path) -> None:
    with registry.save("gene_phenotype", "23.0", "v1") as folder:
        copytree(version.folder, folder, dirs_exist_ok=True)
    registry.promote("gene_phenotype", "23.0", "v1")


def test_a_term_has_its_plots_its_reasons_for_and_against_and_its_csv(publish_marts: Callable[..., Path]) -> None:
    publish_marts("23.0", genes="select 'MGI:65' as gene_id, 'Tdark' as target_level, true as is_tested")

    folder = portal() / "models/gene_phenotype"

    page = (folder / "terms/MP_1.html").read_text()
    assert page.count('<svg class="plot"') == 3
    assert '<span class="badge dark"' in page
    assert "Gene65 -STRING- Tbx6" in page
    assert "<b>Against:</b> paralogue Gene9 of PTHR1" in page
    assert 'href="MP_1.csv"' in page
    assert (folder / "terms/MP_1.csv").exists()
    assert "not known to be better than chance" not in page
    assert "not known to be better than chance" in (folder / "terms/MP_2.html").read_text()


def test_the_lists_and_the_card_of_the_run_are_on_the_model_page() -> None:

    folder = portal() / "models/gene_phenotype"

    page = (folder / "index.html").read_text()
    assert 'href="dark_genes.html"' in page
    assert 'href="advisor.html"' in page
    assert "0.7123 [0.69, 0.73]" in page
    assert (folder / "card.md").exists()
    assert "Gene65" in (folder / "dark_genes.html").read_text()
    assert "Gene300" in (folder / "advisor.html").read_text()
    for name in ("dark_genes.csv", "dark_genes.parquet", "advisor.csv", "advisor.parquet"):
        assert (folder / name).exists()
