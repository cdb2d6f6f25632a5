import numpy as np

from muster.learners.metrics import calibration_error
from muster.learners.viability_calibration import Calibration, cross_fitted, fit_calibration


def overconfident(genes: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    """Return true outcomes and probabilities that claim twice the log odds the outcomes bear out."""
    chance = np.random.default_rng(3)
    scores = chance.normal(0, 1, (genes, 3))
    truth = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    labels = (truth.cumsum(axis=1) < chance.random((genes, 1))).sum(axis=1).astype(np.int32)
    claimed = np.exp(2 * scores)
    return labels, (claimed / claimed.sum(axis=1, keepdims=True)).astype(np.float32)


def error(labels: np.ndarray, answers: np.ndarray) -> float:
    return float(np.mean([calibration_error(labels == number, answers[:, number]) for number in range(3)]))


def test_claims_that_go_too_far_are_taken_back_by_the_other_folds() -> None:
    labels, answers = overconfident()

    calibrated = cross_fitted(answers, labels, np.arange(len(labels), dtype=np.int32) % 5, 5)

    assert error(labels, answers) > 0.08
    assert error(labels, calibrated) < 0.03
    np.testing.assert_allclose(calibrated.sum(axis=1), 1, atol=1e-5)


def test_a_fold_is_calibrated_without_its_own_outcomes() -> None:
    labels, answers = overconfident(300)
    fold = np.arange(300, dtype=np.int32) % 5
    other = np.where(fold == 0, (labels + 1) % 3, labels).astype(np.int32)

    one, another = (cross_fitted(answers, outcomes, fold, 5) for outcomes in (labels, other))

    assert one[fold == 0].tobytes() == another[fold == 0].tobytes()
    assert one[fold == 1].tobytes() != another[fold == 1].tobytes()


def test_a_gene_is_answered_alike_alone_and_among_others() -> None:
    labels, answers = overconfident(300)
    calibration = Calibration.from_json(fit_calibration(answers, labels).to_json())

    together = calibration.apply(answers)

    assert all(calibration.apply(answers[[row]]).tobytes() == together[[row]].tobytes() for row in range(50))


def test_where_all_known_genes_end_alike_answers_stay_as_they_are() -> None:
    labels, answers = overconfident(30)

    found = fit_calibration(answers, np.where(labels == 1, labels, -1)).apply(answers)

    np.testing.assert_allclose(found, answers, rtol=1e-5)


def test_an_unknown_outcome_stays_without_an_answer() -> None:
    labels, answers = overconfident(300)
    labels[:10], answers[:10] = -1, np.nan

    assert np.isnan(cross_fitted(answers, labels, np.arange(300, dtype=np.int32) % 5, 5)[:10]).all()
