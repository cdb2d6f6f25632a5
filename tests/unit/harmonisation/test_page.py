"""The page as a whole."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from muster.harmonisation import page
from muster.portal.offline import external_references

Publish = Callable[..., Path]


def test_the_page_is_told_in_a_few_numbers(publish_marts: Publish, harmonised_marts: dict[str, str]) -> None:
    publish_marts("1.0", **harmonised_marts)

    folder = page.write("1.0")

    summary = json.loads((folder / "summary.json").read_text())
    assert summary["shared_traits"] == 2
    assert summary["median_before"] == 0.83
    assert summary["median_after"] == 0.003
    assert summary["largest_after"] == 0.004
    assert summary["degenerate_traits"] == 1
    assert summary["absent"] == {}
    assert [sentence.split(" (")[0] for sentence in summary["doubtful_labels"]] == [
        "ICS: glucose is labelled mg/dl but reads like mmol/l"
    ]


def test_the_page_stands_alone_and_is_light(publish_marts: Publish, harmonised_marts: dict[str, str]) -> None:
    publish_marts("1.0", **harmonised_marts)

    text = (page.write("1.0") / "index.html").read_text()

    assert external_references(text) == []
    own = text.split('<script data-vendor="plotly">')[0] + text.split("</script>", 1)[1].split("const page = ")[1]
    assert len(own) < 100_000
    assert "Strain is confounded with centre" in text
    assert "not an IMPC call" in text


def test_a_section_without_its_table_says_so(publish_marts: Publish, harmonised_marts: dict[str, str]) -> None:
    few = {mart: harmonised_marts[mart] for mart in ("trait_centres", "measurements")}
    publish_marts("1.0", absent={"unit_evidence": "observations is not on the mirror"}, **few)

    text = (page.write("1.0") / "index.html").read_text()

    assert "this release has no table <code>unit_evidence</code> (observations is not on the mirror)" in text
    assert "this release has no table <code>batch_effects</code> (not built)" in text
    assert 'id="ridges"' in text
    assert 'id="evidence"' not in text


def test_a_build_without_any_of_the_tables_has_no_page(publish_marts: Publish) -> None:
    publish_marts("1.0", genes="select 1 as gene_id")

    assert page.write("1.0") is None


def test_a_page_of_the_same_build_and_code_is_kept(
    publish_marts: Publish, harmonised_marts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "code_version", lambda: "abc")
    publish_marts("1.0", **harmonised_marts)
    first = (page.write("1.0") / "index.html").stat().st_mtime_ns

    second = (page.write("1.0") / "index.html").stat().st_mtime_ns
    monkeypatch.setattr(page, "code_version", lambda: "abd")
    third = (page.write("1.0") / "index.html").stat().st_mtime_ns

    assert first == second
    assert third > second
