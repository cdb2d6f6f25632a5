import re
from pathlib import Path

import pandas as pd
import pytest

from muster.quality.data_docs import ASSETS
from muster.quality.frames import Frame
from muster.quality.suites import Expectation, Meta
from muster.quality.validation import Validation

FOREIGN = re.compile(r"""<(?:script|img|iframe)[^>]*\ssrc=["']?(?:https?:)?//|<link[^>]*\shref=["']?(?:https?:)?//""")
FOREIGN_IN_STYLE = re.compile(r"""(?:url\(|@import\s)\s*["']?(?:https?:)?//""")


@pytest.fixture
def site(validation: Validation) -> Path:
    frame = Frame(pd.DataFrame({"source_row": [1, 2], "sex": ["male", "martian"]}), 2, ["source_row"])
    kwargs = {"column": "sex", "value_set": ["male", "female"]}
    known = Expectation(
        type="expect_column_values_to_be_in_set", kwargs=kwargs, severity="critical", meta=Meta(why="Known words.")
    )
    validation.judge("observations", frame, [known], {})
    validation.publish()
    return validation.site


def test_no_page_asks_for_anything_outside_the_site(site: Path) -> None:
    pages = [*site.rglob("*.html"), *site.rglob("*.css")]

    assert len(pages) > 3
    assert [page for page in pages if FOREIGN.search(page.read_text())] == []
    assert [page for page in pages if FOREIGN_IN_STYLE.search(page.read_text())] == []


def test_every_asset_and_page_that_is_linked_is_there(site: Path) -> None:
    for page in site.rglob("*.html"):
        links = re.findall(r"""(?:src|href)=["']([^"'#$][^"'#$]*)["']""", page.read_text())
        local = [link for link in links if not link.startswith(("http", "data:"))]
        assert [link for link in local if not (page.parent / link).exists()] == [], page.name
    for style in (site / "static" / "assets").glob("*.css"):
        fonts = re.findall(r"url\([\"']?([^\"')]+)", style.read_text())
        assert [font for font in fonts if not font.startswith("data:") and not (style.parent / font).exists()] == []


def test_a_finding_and_its_reason_can_be_read(site: Path) -> None:
    text = "".join(page.read_text() for page in site.rglob("*.html"))

    assert "martian" in text
    assert "Known words." in text


def test_no_time_of_day_and_no_chance_stands_in_a_page(site: Path) -> None:
    text = "".join(page.read_text() for page in sorted(site.rglob("*.html")))

    assert set(re.findall(r"\d{8}T\d{6}\.\d+Z", text)) == {"20241104T000000.000000Z"}
    assert re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-4", text) is None


def test_each_asset_names_its_licence() -> None:
    notice = (ASSETS / "LICENCES.md").read_text()

    assert [path.name for path in ASSETS.iterdir() if path.name not in notice and path.suffix != ".md"] == []
