import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from muster.learners.metrics import calibration_error, draws, interval, ranking_metrics


@pytest.fixture
def examples():
    chance = np.random.default_rng(2)
    labels = chance.random(300) < 0.2
    return labels, np.round(chance.random(300) + 0.3 * labels, 1)


def test_a_ranking_is_judged_as_scikit_learn_judges_it(examples) -> None:
    labels, scores = examples

    found = ranking_metrics(labels, scores, np.ones((1, 300)), np.zeros(300))

    assert found["auroc"][0] == pytest.approx(roc_auc_score(labels, scores))
    assert found["auprc"][0] == pytest.approx(average_precision_score(labels, scores))
    assert found["auprc_over_prevalence"][0] == pytest.approx(found["auprc"][0] / labels.mean())


def test_a_draw_counts_an_example_as_often_as_it_was_drawn(examples) -> None:
    labels, scores = examples
    counts = np.random.default_rng(4).integers(0, 3, 300)

    found = ranking_metrics(labels, scores, np.vstack([np.ones(300), counts]).astype(float), np.zeros(300))

    assert found["auroc"][1] == pytest.approx(roc_auc_score(labels.repeat(counts), scores.repeat(counts)))
    assert found["auprc"][1] == pytest.approx(average_precision_score(labels.repeat(counts), scores.repeat(counts)))


def test_scores_of_two_folds_are_not_compared() -> None:
    labels = np.array([True, False, True, False])
    scores = np.array([0.9, 0.8, 0.2, 0.1])

    found = ranking_metrics(labels, scores, np.ones((1, 4)), np.array([0, 0, 1, 1]))

    assert found["auroc"][0] == 1.0


def test_the_first_draw_is_everything_once_and_families_are_drawn_whole() -> None:
    found = draws(np.array(["a", "b", "a", "c"]), seed=1, count=50)

    assert found[0].tolist() == [1, 1, 1, 1]
    assert (found[:, 0] == found[:, 2]).all()
    assert (found[1:, [0, 1, 3]].sum(axis=1) == 3).all()


def test_a_precision_is_of_twenty_whole_examples() -> None:
    labels, scores = np.arange(60) < 10, np.arange(60, 0, -1.0)
    weights = np.where(labels, 1.0, 0.1)[None]

    found = ranking_metrics(labels, scores, weights, np.zeros(60), np.ones((1, 60)))

    assert found["precision_at_20"][0] == 0.5
    assert found["auprc_over_prevalence"][0] == pytest.approx(weights.sum() / 10)


def test_only_the_bounds_of_a_share_are_cut() -> None:
    values = np.array([0.99, 0.9, 1.0, 0.95])

    assert interval(values, "auroc")[2] == 1.0
    assert interval(1 - values, "precision_at_20")[1] == 0.0
    assert interval(values)[2] > 1
    assert interval(1 - values, "auroc_lead")[1] < 0


def test_a_draw_without_negatives_is_left_out_of_the_interval() -> None:
    assert interval(np.array([0.7, np.nan, 0.7])) == [0.7, 0.7, 0.7]
    assert interval(np.array([0.7])) == [0.7, None, None]


def test_probabilities_that_are_twice_too_high_have_a_calibration_error_of_their_half() -> None:
    labels = np.arange(100) % 4 == 0

    assert calibration_error(labels, np.full(100, 0.5)) == pytest.approx(0.25)
