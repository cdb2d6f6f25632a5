"""The scoreboard over several releases."""

from pathlib import Path
from typing import Any

from muster import registry
from muster.portal.prospective import scoreboard


def record(release: str, trained_on: str, version: str, auroc: float | None) -> dict[str, Any]:
    """Return a judgement with so good a model and a degree of 0.5; None: no term could be judged."""
    figures = {name: {"auroc": [value, value - 0.02, value + 0.02]} for name, value in (("m", auroc or 0), ("d", 0.5))}
    for found in figures.values():
        found["auprc_over_prevalence"] = [2.0, 1.5, 2.5]
    told: dict[str, Any] = {"model": {}, "baselines": {}}
    if auroc is not None:
        told = {"model": figures["m"], "baselines": {"degree": figures["d"]}}
    names = {"model": "gene_phenotype", "release": release, "trained_on": trained_on, "version": version}
    seen = {"is_prospective": True, "frozen_at": "2024-01-01T00:00:00Z"}
    return {**names, **seen, "terms": 3, "figures": told, "notes": []}


def test_the_trend_shows_the_champion_else_the_newest_of_each_release(tmp_path: Path) -> None:
    registry.promote("gene_phenotype", "9.2", "old")
    records = [
        record("11.0", "9.2", "old", 0.7),
        record("11.0", "10.0", "new", 0.8),
        record("10.0", "9.1", "first", 0.6),
        record("10.0", "9.0", "zeroth", 0.9),
    ]

    board = scoreboard(records, tmp_path)

    model, degree = board["trends"]["gene_phenotype"]
    assert (model["x"], model["y"]) == (["by 10.0", "by 11.0"], [0.6, 0.7])
    assert [round(length, 2) for length in model["error_y"]["array"]] == [0.02, 0.02]
    assert (degree["name"], degree["y"]) == ("degree", [0.5, 0.5])
    rows = board["models"]["gene_phenotype"]
    assert [row["version"] for row in rows if row["is_champion"]] == ["old"]
    assert {row["page"] for row in rows} == {None}


def test_a_release_that_judged_no_term_is_a_row_but_no_point(tmp_path: Path) -> None:
    board = scoreboard([record("10.0", "9.0", "v1", None)], tmp_path)

    assert board["trends"]["gene_phenotype"][0]["y"] == []
    assert board["models"]["gene_phenotype"][0]["model"] == (None, None)


def test_a_row_leads_to_the_page_that_shows_its_judgement(tmp_path: Path) -> None:
    for folder, key in (("prospective", "gene_phenotype-9.0-v1"), ("backtest/9.1", "gene_phenotype-9.1-v2")):
        page = tmp_path / "releases/10.0" / folder / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text(f'<h2 id="{key}">')
    records = [record("10.0", trained_on, version, 0.6) for trained_on, version in (("9.1", "v2"), ("9.1", "v3"))]

    rows = scoreboard(records, tmp_path)["models"]["gene_phenotype"]

    assert [row["page"] for row in rows] == ["releases/10.0/backtest/9.1/index.html#gene_phenotype-9.1-v2", None]
