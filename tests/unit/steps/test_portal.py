"""The static site."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from muster import lake, registry
from muster.portal.offline import external_references, external_style_references
from muster.settings import settings
from muster.steps.portal import portal

GENES = "select 'MGI:1' as gene_id, true as is_tested"


@pytest.fixture(autouse=True)
def one_model(checkout_of_one_model: Path) -> None:
    (checkout_of_one_model / "models" / "gene_phenotype.md").write_text("# Card\n\nTrained on *calls*.\n")


def write_report(release: str, path: str, text: str) -> None:
    lake.write_text(settings().release_reports(release) / path, text)


def save_model() -> None:
    figures = {"auroc": [0.71, 0.69, 0.73], "precision_at_20": [0.4, 0.3, 0.5]}
    metrics = {
        "held_out": {"by": "gene_family", "n": 99},
        "model": figures,
        "baselines": {"degree": {"auroc": [0.6, 0.5, 0.7]}},
    }
    trained_on = {"release": "23.0", "training_table_sha256": "ab" * 32}
    with registry.save("gene_phenotype", "23.0", "v1") as folder:
        (folder / "manifest.json").write_text(json.dumps({"metrics": metrics, "trained_on": trained_on}))
        term = {"mp_term_id": "MP:1", "mp_term_name": "short tail", "positives": 60, "tested": 200, "auroc": 0.7}
        pd.DataFrame([{**term, "auprc_over_prevalence": 2.5, "precision_at_20": 0.4}]).to_parquet(
            folder / "terms.parquet"
        )
        rows = [
            (f"MGI:{n}", f"Gene{n}", "MP:1", 0.9 - n / 100, n, "untested" if n > 2 else "called") for n in range(40)
        ]
        columns = ["gene_id", "symbol", "mp_term_id", "probability", "rank", "status"]
        pd.DataFrame(rows, columns=columns).to_parquet(folder / "predictions.parquet")
        reasons = [("MGI:5", "MP:1", json.dumps(["interacts with Tbx6, which has it"]))]
        pd.DataFrame(reasons, columns=["gene_id", "mp_term_id", "reasons"]).to_parquet(folder / "explanations.parquet")
    registry.promote("gene_phenotype", "23.0", "v1")


def test_an_empty_workspace_gives_a_page_that_says_what_to_do() -> None:
    page = (portal() / "index.html").read_text()

    assert "Nothing is published yet" in page
    assert "muster run --release" in page


def test_current_and_refused_releases_are_told_apart(publish_marts: Callable[..., Path]) -> None:
    publish_marts("22.0", genes=GENES)
    lake.refuse("22.1", "raw", ["raw.statistical_results: a third of the rows are duplicates"], {})

    site = portal()

    page = (site / "index.html").read_text()
    assert '<span class="badge good">current</span>' in page
    assert "a third of the rows are duplicates" in page
    assert "a third of the rows are duplicates" in (site / "releases/22.1/index.html").read_text()


def test_reports_are_taken_in_and_need_no_network(publish_marts: Callable[..., Path]) -> None:
    publish_marts("22.0", genes=GENES)
    head = '<link rel="stylesheet" href="https://cdn.example/b.css"><script src="//cdn.example/b.js"></script>'
    write_report("22.0", "checks/data_docs/index.html", f"<html><head>{head}</head><body>expectations</body></html>")
    write_report("22.0", "checks/data_docs/static/a.css", "@import url('https://fonts.example/x');p{color:red}")
    write_report(
        "22.0",
        "networks/index.html",
        '<body><!-- portal navigation --><script data-vendor="plotly">code</script></body>',
    )
    write_report("22.0", "graph/index.html", "<body><!-- portal navigation --></body>")

    site = portal()

    docs = (site / "releases/22.0/checks/data_docs/index.html").read_text()
    assert external_references(docs) == []
    assert 'href="../../../../index.html"' in docs
    assert external_style_references((site / "releases/22.0/checks/data_docs/static/a.css").read_text()) == []
    network = (site / "releases/22.0/networks/index.html").read_text()
    assert '<script src="../../../assets/plotly.min.js"></script>' in network
    assert 'class="brand" href="../../../index.html"' in network
    assert 'class="brand" href="../../../index.html"' in (site / "releases/22.0/graph/index.html").read_text()
    index = (site / "index.html").read_text()
    assert "releases/22.0/checks/data_docs/index.html" in index
    assert '<a href="releases/22.0/graph/index.html">Knowledge graph 22.0</a>' in index


def test_a_model_page_shows_metrics_beside_baselines_and_candidates_with_reasons() -> None:
    save_model()

    site = portal()

    index, page = (site / "index.html").read_text(), (site / "models/gene_phenotype/index.html").read_text()
    assert "answers now" in index
    assert "0.71 [0.69, 0.73]" in page
    assert "0.60 [0.50, 0.70]" in page
    assert "Trained on <em>calls</em>." in page
    term = (site / "models/gene_phenotype/terms/MP_1.html").read_text()
    assert "interacts with Tbx6, which has it" in term
    assert "<em>Gene3</em>" in term
    assert "<em>Gene1</em>" not in term


def test_harmonisation_is_told_in_one_number_and_has_its_page(
    publish_marts: Callable[..., Path], harmonised_marts: dict[str, str]
) -> None:
    publish_marts("22.0", genes=GENES, **harmonised_marts)

    site = portal()

    page = (site / "releases/22.0/index.html").read_text()
    assert "83.0 %" in page
    assert "0.3 %" in page
    assert "ICS: glucose is labelled mg/dl but reads like mmol/l" in page
    assert 'href="harmonisation/index.html"' in page
    assert "releases/22.0/harmonisation/index.html" in (site / "index.html").read_text()
    assert (
        '<script src="../../../assets/plotly.min.js">' in (site / "releases/22.0/harmonisation/index.html").read_text()
    )


def test_a_build_that_is_older_than_harmonisation_has_no_page_of_it(publish_marts: Callable[..., Path]) -> None:
    publish_marts("22.0", genes=GENES)

    site = portal()

    assert not (site / "releases/22.0/harmonisation").exists()
    assert "Harmonisation" not in (site / "releases/22.0/index.html").read_text()


def test_simulated_data_are_never_passed_off_as_biology(monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = (portal() / "index.html").read_text()
    monkeypatch.setenv("MUSTER_MIRROR", "impc")
    settings.cache_clear()
    real = (portal() / "index.html").read_text()

    assert "Simulated data" in simulated
    assert "Simulated data" not in real
    assert "International Mouse Phenotyping Consortium" in real


def test_a_site_that_cannot_be_finished_leaves_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    before = (portal() / "index.html").read_bytes()
    monkeypatch.setattr("muster.steps.portal._index", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        portal()

    assert (settings().portal / "index.html").read_bytes() == before


def test_backtests_are_listed_and_no_draft_is_taken_up(publish_marts: Callable[..., Path]) -> None:
    publish_marts("22.0", genes=GENES)
    for folder in ("backtest/21.0", "backtest/9.1", "backtest/20.0.draft"):
        write_report("22.0", f"{folder}/index.html", "<html><body>judged</body></html>")

    site = portal()

    page = (site / "releases/22.0/index.html").read_text()
    assert page.index('href="backtest/9.1/index.html"') < page.index('href="backtest/21.0/index.html"')
    assert "20.0.draft" not in page
    assert {path.name for path in (site / "releases/22.0/backtest").iterdir()} == {"21.0", "9.1"}
