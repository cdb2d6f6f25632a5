import numpy as np
import pytest

from muster.learners.baselines import BASELINES
from muster.learners.term_evaluation import calibration_errors, overall, paired_tests, term_row
from muster.learners.term_files import KeptTerm
from muster.learners.term_table import TermTable

METRICS = ("auroc", "auprc", "auprc_over_prevalence", "log2_auprc_over_prior", "precision_at_20")


def judged(model: float, baseline: float) -> dict[str, np.ndarray]:
    """Every metric of the model and of the baselines: a value and two draws."""
    found = {f"model.{metric}": np.array([model, model - 0.1, model + 0.1]) for metric in METRICS}
    for name in BASELINES:
        found |= {f"{name}.{metric}": np.array([baseline, baseline - 0.1, baseline + 0.1]) for metric in METRICS}
    return found


@pytest.fixture
def terms() -> TermTable:
    return TermTable(
        gene_ids=["MGI:1", "MGI:2", "MGI:3", "MGI:4"],
        symbols=["a", "b", "c", "d"],
        ids=["MP:1"],
        names=["odd tail"],
        states=np.array([[1], [0], [0], [-1]], np.int8),
        weights=np.array([[1], [0.2], [0.9], [0]], np.float32),
        is_measured=np.array([[True], [True], [False], [False]]),
        is_above=np.zeros((1, 1), bool),
    )


def test_a_term_stands_beside_every_baseline(terms: TermTable) -> None:
    scores = np.array([0.5, 0.6, 0.1, 0.3], np.float32)
    kept = KeptTerm(scores, scores, judged(0.7, 0.6), dict.fromkeys(BASELINES, scores), {})

    row = term_row(terms, 0, kept)

    assert (row["positives"], row["tested"], row["mean_power"]) == (1, 3, 0.55)
    # one called gene of weight 1 beside normal ones of 0.2 and 0.9
    assert row["weighted_prevalence"] == pytest.approx(1 / 2.1, abs=1e-6)
    assert (row["auroc"], row["auroc_low"], row["auroc_high"]) == (0.7, 0.605, 0.795)
    assert row["log2_auprc_over_prior"] == 0.7
    for name in BASELINES:
        assert row[f"{name}_auroc"] == 0.6
        assert row[f"{name}_auroc_lead"] == row[f"{name}_auroc_lead_low"] == 0.1
    assert (row["term_evidence_tested"], row["term_evidence_auroc"]) == (2, 0.0)


def test_one_good_term_moves_the_mean_and_not_the_median() -> None:
    found = overall([judged(0.5, 0.5), judged(0.5, 0.5), judged(0.8, 0.5)])

    assert found["model"]["auroc"][0] == 0.6
    assert found["model"]["auroc_median"][0] == 0.5
    assert found["baselines"]["degree"]["auroc_lead"] == [0.1, 0.1, 0.1]


def test_the_model_is_compared_with_each_baseline_pair_by_pair() -> None:
    found = paired_tests([judged(0.6 + step / 100, 0.6) for step in range(10)])

    assert set(found) == set(BASELINES)
    told = found["adjacency_lr"]["auroc"]
    assert (told["won"], told["lost"]) == (9, 0)
    # Nine of nine in one direction: 2 / 2^9
    assert told["wilcoxon_p"] == pytest.approx(0.00391, abs=1e-5)
    assert told["median_lead"] == [0.045, 0.045, 0.045]


def test_a_calibration_error_is_of_the_tested_genes_only(terms: TermTable) -> None:
    assert calibration_errors(terms, np.array([[1], [0], [0.5], [0.9]], np.float32)) == [
        pytest.approx(0.1667, abs=1e-4)
    ]
