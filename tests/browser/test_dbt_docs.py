"""dbt's own pages, as the portal takes them in: in a real browser, from a file."""

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page

from muster.portal.reports import adopted
from muster.settings import settings


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation of the project as it stands, without a warehouse behind it."""
    folder = tmp_path_factory.mktemp("dbt_docs")
    project = Path(__file__).resolve().parents[2] / "dbt"
    command = [str(Path(sys.executable).with_name("dbt")), "docs", "generate", "--static", "--empty-catalog"]
    options = {"project-dir": project, "profiles-dir": project, "target-path": folder, "log-path": folder}
    words = [*command, *(f"--{name}={value}" for name, value in options.items())]
    place = {"MUSTER_WAREHOUSE": str(folder / "empty.duckdb"), "MUSTER_SPILL": str(folder / "spill")}
    subprocess.run(words, check=True, capture_output=True, env=settings().subprocess_environment(**place), cwd=folder)
    page = folder / "index.html"
    page.write_text(adopted((folder / "static_index.html").read_text(), "../../../"))
    return page


@pytest.mark.slow
def test_the_docs_open_from_a_file_and_lead_from_a_mart_to_its_readers(docs: Path, page: Page) -> None:
    page.goto(docs.as_uri())
    page.wait_for_selector("text=How a release becomes tables")

    page.goto(f"{docs.as_uri()}#!/exposure/exposure.muster.gene_phenotype")
    page.wait_for_selector("text=Its spec is models/gene_phenotype.yml.")
    page.get_by_role("link", name="gene_phenotypes", exact=True).last.click()

    page.wait_for_selector("text=One row per gene and MP term")
    assert page.complaints == []  # type: ignore[attr-defined]
