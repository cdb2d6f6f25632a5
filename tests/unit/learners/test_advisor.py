import numpy as np
import pandas as pd
import pytest

from muster.learners.advisor import advise, corrected, weights
from muster.learners.prediction_table import PredictionTable

GENES, NEW = 600, 500


def terms_of(auroc_low: list[float]) -> pd.DataFrame:
    ids = [f"MP:{number}" for number in range(len(auroc_low))]
    return pd.DataFrame({"mp_term_id": ids, "mp_term_name": [f"term {name}" for name in ids], "auroc_low": auroc_low})


@pytest.fixture
def genes() -> pd.DataFrame:
    degree = np.random.default_rng(2).lognormal(2, 1, GENES).round()
    study = {"interaction_degree": degree, "novelty": 1 / (1 + degree), "go_count": degree // 3}
    symbols = [f"Gene{number}" for number in range(GENES)]
    ids = pd.Index([f"MGI:{number:03d}" for number in range(GENES)], name="gene_id")
    return pd.DataFrame({"symbol": symbols, "target_level": "Tbio", **study}, index=ids)


@pytest.fixture
def found(genes: pd.DataFrame) -> PredictionTable:
    """Four terms, the last no better than chance; the more a gene is connected, the higher its probabilities."""
    chance = np.random.default_rng(3)
    pull = np.log1p(genes["interaction_degree"].to_numpy())[:, None]
    probability = 1 / (1 + np.exp(3 - 0.5 * pull - chance.normal(0, 0.6, (GENES, 4))))
    is_untested = np.zeros((GENES, 4), bool)
    is_untested[:NEW] = True
    is_untested[NEW:, 1] = True
    rank = np.zeros((GENES, 4), np.int32)
    terms = terms_of([0.7, 0.6, 0.65, 0.4])
    return PredictionTable(genes.index.to_list(), terms, probability.astype(np.float32), rank, is_untested)


SYSTEMS = {"tail": ["MP:1"], "eye": ["MP:0", "MP:2"]}


def test_the_corrected_score_does_not_follow_how_much_a_gene_is_studied(
    found: PredictionTable, genes: pd.DataFrame
) -> None:
    advice = advise(found, genes, SYSTEMS).query("kind == 'gene'")

    for measure in ("interaction_degree", "novelty", "go_count"):
        assert abs(advice["information"].corr(advice[measure], method="spearman")) > 0.4
        assert abs(advice["corrected"].corr(advice[measure], method="spearman")) < 0.05


def test_genes_never_tested_come_once_and_tested_ones_with_each_system_they_lack(
    found: PredictionTable, genes: pd.DataFrame
) -> None:
    advice = advise(found, genes, SYSTEMS)

    new, lines = advice[advice["kind"] == "gene"], advice[advice["kind"] == "line"]
    assert len(new) == NEW
    assert (new["terms"] == 4).all()
    assert len(lines) == GENES - NEW
    assert set(lines["system"]) == {"tail"}
    assert sorted(new["rank"]) == list(range(1, NEW + 1))
    assert new.sort_values("rank")["information"].is_monotonic_decreasing


def test_of_the_lines_only_the_first_of_either_order_are_kept(
    found: PredictionTable, genes: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("muster.learners.advisor.MOST_LINES", 10)

    kept = advise(found, genes, SYSTEMS).query("kind == 'line'")

    assert 10 <= len(kept) <= 20
    assert set(range(1, 11)) <= set(kept["rank"])
    assert set(range(1, 11)) <= set(kept["corrected_rank"])


def test_the_information_is_the_weighted_entropy(found: PredictionTable, genes: pd.DataFrame) -> None:
    advice = advise(found, genes, SYSTEMS).set_index(["kind", "gene_id"])
    p = found.probability[NEW, 1].astype(float)
    bits = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))

    told = advice.loc[("line", found.gene_ids[NEW])]

    assert told["information"] == pytest.approx(weights(found)[1] * bits, abs=1e-4)
    assert told["questions"] == f"term MP:1 (p = {p:.2f})"


def test_a_term_that_cannot_be_told_from_chance_does_not_count(found: PredictionTable) -> None:
    assert weights(found)[3] == 0


def test_terms_that_say_the_same_share_one_vote(found: PredictionTable) -> None:
    alone = weights(found)
    twice = PredictionTable(
        found.gene_ids,
        terms_of([0.7, 0.6, 0.65, 0.4, 0.7]),
        np.hstack([found.probability, found.probability[:, :1]]),
        found.rank,
        found.is_untested,
    )

    shared = weights(twice)

    assert shared[0] == shared[4]
    assert shared[0] + shared[4] == pytest.approx(alone[0], rel=0.2)


def test_few_candidates_are_not_compared() -> None:
    assert np.isnan(corrected(np.arange(10.0), np.ones((10, 3)))).all()
