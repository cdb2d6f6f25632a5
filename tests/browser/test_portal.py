"""The portal as people open it: in a real browser, without a network."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Page

from muster.portal.offline import external_references, external_style_references

PAGES = [
    "index.html",
    "releases/23.0/index.html",
    "releases/22.1/index.html",
    "releases/23.0/networks/index.html",
    "releases/23.0/comparison/index.html",
    "releases/23.0/comparison/drift.html",
    "releases/23.0/harmonisation/index.html",
    "releases/23.0/checks/data_docs/index.html",
    "models/gene_phenotype/index.html",
    "models/gene_phenotype/terms/MP_0002.html",
    "models/gene_phenotype/dark_genes.html",
    "models/gene_phenotype/advisor.html",
    "models/viability/index.html",
]


def _links(page: Path) -> list[Path]:
    """Return the files a page links to."""
    found = re.findall(r"<a [^>]*href=\"([^\"#][^\"]*)\"", page.read_text().split("<script")[0])
    local = [link for link in found if not urlsplit(link).scheme]
    return [(page.parent / unquote(link.split("#")[0])).resolve() for link in local]


def test_no_page_needs_the_network(site: Path) -> None:
    pages = {path: external_references(path.read_text()) for path in sorted(site.rglob("*.html"))}
    styles = {path: external_style_references(path.read_text()) for path in sorted(site.rglob("*.css"))}

    assert len(pages) > 15
    assert {path: found for path, found in {**pages, **styles}.items() if found} == {}


def test_every_link_leads_to_a_file(site: Path) -> None:
    broken = {
        (path.relative_to(site), link)
        for path in site.rglob("*.html")
        if path.name != "drift.html"
        for link in _links(path)
        if not link.exists()
    }

    assert broken == set()
    assert len(set(_links(site / "index.html"))) > 10


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_an_error_or_a_request(site: Path, page: Page, name: str) -> None:
    page.goto((site / name).as_uri())
    page.wait_for_load_state("networkidle")

    assert page.complaints == []  # type: ignore[attr-defined]
    assert page.locator("body").inner_text().strip()


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in PAGES if "drift" not in name])
def test_a_page_fits_a_telephone(site: Path, page: Page, name: str) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto((site / name).as_uri())

    assert page.evaluate("document.documentElement.scrollWidth") == 400


@pytest.mark.slow
def test_the_index_tells_what_there_is(site: Path, page: Page) -> None:
    page.goto((site / "index.html").as_uri())

    text = page.locator("body").inner_text()
    for words in (
        "Simulated data.",
        "current release",
        "a third of the rows are exact duplicates",
        "0.71",
        "22.0 → 23.0",
    ):
        assert words in text


@pytest.mark.slow
def test_phenotypes_can_be_searched(site: Path, page: Page) -> None:
    page.goto((site / "models/gene_phenotype/index.html").as_uri())

    page.get_by_label("Filter the phenotypes").fill("tail short")

    rows = page.locator("#terms tbody tr:visible")
    assert rows.count() == 1
    rows.get_by_role("link").click()
    assert page.locator("h1").inner_text() == "short tail"
    assert "interacts with Tbx6, which has it" in page.locator("body").inner_text()


@pytest.mark.slow
def test_a_gene_tells_its_paths_its_columns_and_what_speaks_against_it(site: Path, page: Page) -> None:
    page.goto((site / "models/gene_phenotype/terms/MP_0002.html").as_uri())

    row = page.locator("tr", has_text="Gene8").first
    assert "Against: paralogue Gene10" in row.inner_text()
    assert "Gene8 -STRING- Tbx6" not in row.inner_text()
    row.get_by_text("paths, columns, nearest genes").click()
    for words in ("Gene8 -STRING- Tbx6", "interaction partners", "+0.70", "4 shared partners"):
        assert words in row.inner_text()
    assert page.locator("svg.plot").count() == 3


@pytest.mark.slow
def test_the_advisor_explains_itself_and_can_be_sorted(site: Path, page: Page) -> None:
    page.goto((site / "models/gene_phenotype/index.html").as_uri())
    page.get_by_role("link", name="Which gene to test next").click()

    text = page.locator("body").inner_text()
    assert "entropy in bits" in text
    assert "limbs/digits/tail phenotype" in text
    page.locator("#raw th", has_text="Bits").click()
    assert page.complaints == []  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_phenotype_found_in_the_network_lists_its_partners(site: Path, page: Page) -> None:
    page.goto((site / "releases/23.0/networks/index.html").as_uri())

    page.get_by_label("Find").fill("short tail")

    assert page.locator("#partners h3").inner_text() == "short tail"
    assert page.locator("#partners tbody tr").count() >= 1
    assert page.complaints == []  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_comparison_draws_reasons_and_effects(site: Path, page: Page) -> None:
    page.goto((site / "releases/23.0/comparison/index.html").as_uri())

    page.wait_for_selector("#reasons .main-svg")
    page.wait_for_selector("#effects .main-svg")

    assert page.locator("#reasons .bars .point").count() >= 1
    assert page.complaints == []  # type: ignore[attr-defined]


HARMONISATION = "releases/23.0/harmonisation/index.html"


@pytest.mark.slow
def test_harmonisation_draws_each_of_its_plots(site: Path, page: Page) -> None:
    page.goto((site / HARMONISATION).as_uri())

    for plot in ("ridges", "dumbbells", "evidence", "coverage", "pairs", "drift", "heterogeneity"):
        page.wait_for_selector(f"#{plot} .main-svg")
    # A hill a centre, before and after; a dumbbell and a bar a trait; both readings of the label and the other centres.
    assert page.locator("#ridges .scatterlayer .trace").count() == 6
    assert page.locator("#dumbbells .point").count() == 4
    assert page.locator("#heterogeneity .bars .point").count() == 2
    assert page.locator("#evidence .scatterlayer .trace").count() == 3
    assert (
        "ICS: glucose is labelled mg/dl but reads like mmol/l (\u00d7 18.0)" in page.locator("#sentences").inner_text()
    )
    assert page.complaints == []  # type: ignore[attr-defined]


@pytest.mark.slow
def test_picking_a_trait_or_a_sex_draws_its_controls(site: Path, page: Page) -> None:
    page.goto((site / HARMONISATION).as_uri())
    page.wait_for_selector("#ridges .main-svg")
    first = page.locator("#ridges .scatterlayer .js-fill").first.get_attribute("d")
    assert page.locator("#ridge-title").inner_text().startswith("glucose: the centre explains 95.0 %")

    page.locator("#trait").select_option("body_weight")

    second = page.locator("#ridges .scatterlayer .js-fill").first.get_attribute("d")
    assert page.locator("#ridge-title").inner_text().startswith("body weight: the centre explains 71.0 %")
    assert second != first
    page.locator("#sex").select_option("female")
    assert page.locator("#ridges .scatterlayer .js-fill").first.get_attribute("d") != second
    page.locator("#traits").get_by_text("glucose").click()
    assert page.locator("#trait").input_value() == "glucose"
    assert page.complaints == []  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_click_on_a_heading_sorts(site: Path, page: Page) -> None:
    page.goto((site / "models/gene_phenotype/index.html").as_uri())

    page.get_by_role("columnheader", name="Genes called").click()

    first = page.locator("#terms tbody tr").first
    assert "impaired hearing" in first.inner_text()
