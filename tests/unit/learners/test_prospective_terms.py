import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from muster import lake
from muster.learners.prospective_pairs import UNTESTED, lost, news
from muster.learners.prospective_terms import score_terms
from muster.learners.prospective_viability import score_viability
from muster.settings import configure, settings


@pytest.fixture(autouse=True)
def two_releases(publish_universe) -> None:
    publish_universe("1.0", "2024-01-31", 0.5)
    publish_universe("2.0", "2024-07-31", 0.9)


def rewrite(release: str, mart: str, query: str) -> None:
    """Replace a published mart by a query over itself, `{mart}`."""
    path = lake.build(release) / f"{mart}.parquet"
    table = duckdb.sql(query.format(mart=f"read_parquet('{path}')")).df()
    table.to_parquet(path, index=False)


def test_what_was_planted_is_seen_and_beats_degree(save_phenotypes) -> None:
    found = score_terms(save_phenotypes(), "2.0")

    assert (found["terms"], found["genes"], found["pairs"]) == (4, 96, 4 * 96)
    value, low, high = found["figures"]["model"]["auroc"]
    assert 0.7 < low < value < high
    assert value > found["figures"]["baselines"]["degree"]["auroc"][0] + 0.15
    assert found["figures"]["baselines"]["degree"]["auroc_lead"][1] > 0
    assert abs(found["figures"]["baselines"]["chance"]["auroc"][0] - 0.5) < 0.1
    assert found["figures"]["model"]["log2_auprc_over_prior"][0] > 0.5


def test_shuffled_predictions_are_worth_nothing(save_phenotypes) -> None:
    found = score_terms(save_phenotypes(is_shuffled=True), "2.0")

    assert abs(found["figures"]["model"]["auroc"][0] - 0.5) < 0.1


def test_the_figures_of_a_term_are_those_of_its_new_pairs(save_phenotypes) -> None:
    folder = save_phenotypes()
    before, after = pd.read_parquet(folder / "predictions.parquet"), lake.read("2.0", "gene_phenotypes").df()

    row = score_terms(folder, "2.0")["rows"][0]

    pairs = before[before["status"] == "untested"].merge(after, on=["gene_id", "mp_term_id"], suffixes=("", "_now"))
    pairs = pairs[pairs["mp_term_id"] == "MP:0000001"]
    is_called = (pairs["status_now"] == "called").to_numpy()
    wins = np.greater.outer(pairs["score"].to_numpy()[is_called], pairs["score"].to_numpy()[~is_called])
    assert row["newly_tested"] == len(pairs)
    assert row["newly_called"] == is_called.sum()
    assert row["auroc"] == round(float(wins.mean()), 4)


def test_baselines_kept_with_the_version_are_judged_beside_it(save_phenotypes) -> None:
    pairs = pd.MultiIndex.from_product(
        [[f"MGI:{1000 + gene}" for gene in range(240)], [f"MP:000000{term}" for term in range(1, 5)]],
        names=["gene_id", "mp_term_id"],
    ).to_frame(index=False)
    chance = np.random.default_rng(5).random(len(pairs)).astype(np.float32)
    kept = pairs.assign(neighbour_vote=chance, adjacency_lr=np.where(chance < 0.1, np.nan, chance))

    found = score_terms(save_phenotypes(baselines=kept), "2.0")

    assert set(found["figures"]["baselines"]) == {"neighbour_vote", "adjacency_lr", "chance"}
    assert 0.4 < found["figures"]["baselines"]["adjacency_lr"]["auroc"][0] < 0.6


def test_a_source_that_knows_only_genes_makes_no_news_of_old_genes(save_phenotypes) -> None:
    folder = save_phenotypes()
    rewrite("2.0", "gene_phenotypes", "select * replace ('gene' as tested_evidence) from {mart}")
    table = pd.read_parquet(folder / "predictions.parquet")
    is_old = (table["gene_id"] < "MGI:1060") & (table["mp_term_id"] == "MP:0000002")
    table.assign(status=table["status"].mask(is_old, "untested")).to_parquet(folder / "predictions.parquet")

    found = news(folder, "2.0", UNTESTED)

    assert found.pairs == 4 * 96
    assert (
        "of the judged pairs, 384 tell only that the gene was phenotyped, not for what"
        in (score_terms(folder, "2.0")["notes"])
    )


def test_tested_and_normal_pairs_called_since_are_a_question_of_their_own(save_phenotypes) -> None:
    folder = save_phenotypes()
    # Half of the normal pairs of the first module's genes turn out to be called.
    rewrite(
        "2.0",
        "gene_phenotypes",
        "select * replace (if((gene_id[5:]::int % 4) = (mp_term_id[-1:]::int - 1), 'called', status) as status) "
        "from {mart}",
    )
    rewrite(
        "1.0",
        "gene_phenotypes",
        "select * replace (if((gene_id[5:]::int % 8) = (mp_term_id[-1:]::int - 1), 'tested', status) as status) "
        "from {mart}",
    )
    folder = save_phenotypes("v2")

    changed = score_terms(folder, "2.0")["changed"]

    assert changed["terms"] == 4
    assert changed["figures"]["model"]["auroc"][0] > 0.9


def test_terms_and_genes_that_are_gone_are_counted(save_phenotypes) -> None:
    folder = save_phenotypes()
    rewrite(
        "2.0",
        "terms",
        "select * replace (mp_term_id = 'MP:0000002' as is_obsolete) from {mart} where mp_term_id <> 'MP:0000001'",
    )
    rewrite("2.0", "genes", "from {mart} where gene_id <> 'MGI:1200'")

    assert lost(folder, "2.0") == {"terms": 4, "terms_lost": 2, "genes_lost": 1, "hits_unmatched": 0}


def test_findings_under_names_that_mean_no_term_are_told(save_phenotypes) -> None:
    folder = save_phenotypes()
    path = lake.build("2.0") / "manifest.json"
    manifest = json.loads(path.read_text())
    lake.write_json(path, {**manifest, "marts": {**manifest["marts"], "unmatched_hits": {"rows": 16}}})

    assert lost(folder, "2.0")["hits_unmatched"] == 16
    assert any(
        "findings of 2.0, 16 have a name that means no MP term" in note for note in score_terms(folder, "2.0")["notes"]
    )


def test_what_is_judged_is_read_from_the_frozen_predictions_alone(save_phenotypes) -> None:
    folder = save_phenotypes()
    table = pd.read_parquet(folder / "terms.parquet")
    before = news(folder, "2.0", UNTESTED)
    table.head(1).to_parquet(folder / "terms.parquet")

    assert news(folder, "2.0", UNTESTED).pairs == before.pairs == 4 * 96


def test_a_folder_with_a_quote_in_its_name_is_judged(save_phenotypes, save_viability, publish_universe) -> None:
    place = settings().data / "the lab's"
    publish = {"mirror": settings().mirror, "data": place}
    configure(**publish)
    publish_universe("1.0", "2024-01-31", 0.5)
    publish_universe("2.0", "2024-07-31", 0.9)

    assert "degree" in score_terms(save_phenotypes(), "2.0")["figures"]["baselines"]
    assert score_viability(save_viability(), "2.0")["genes"] > 0


def test_too_little_news_is_said(save_phenotypes) -> None:
    rewrite("2.0", "gene_phenotypes", "from {mart} where gene_id < 'MGI:1125'")

    found = score_terms(save_phenotypes(), "2.0")

    assert found["terms"] == 0
    assert found["figures"] == {"model": {}, "baselines": {}}
    assert found["notes"][0].startswith("no term has 10 newly called and 10 newly tested, normal genes")


def test_a_release_without_calls_judges_nothing(save_phenotypes) -> None:
    folder = save_phenotypes()
    (lake.build("2.0") / "gene_phenotypes.parquet").unlink()

    with pytest.raises(lake.SkippedError, match=r"release 2\.0 has no gene_phenotypes"):
        score_terms(folder, "2.0")


def test_a_forgotten_training_release_leaves_no_baseline(save_phenotypes) -> None:
    folder: Path = save_phenotypes()
    (lake.build("1.0").parent / "current").unlink()

    assert list(score_terms(folder, "2.0")["figures"]["baselines"]) == ["chance"]
