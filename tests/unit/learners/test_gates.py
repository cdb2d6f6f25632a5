import pytest

from muster.learners.gates import UnknownGateError, judge

METRICS = {
    "model": {"auroc": [0.80, 0.75, 0.85], "auprc_over_prevalence": [2.5, 2.0, 3.0], "calibration_error": 0.04},
    "baselines": {"degree": {"auroc": [0.60, 0.5, 0.7]}, "neighbour_vote": {"auroc": [0.78, 0.7, 0.8]}},
    "shuffled": {"auroc": [0.47, 0.4, 0.5]},
}


@pytest.mark.parametrize(
    ("gate", "required", "found", "passed"),
    [
        ("auroc_min", 0.8, 0.8, True),
        ("auroc_min", 0.81, 0.8, False),
        ("auprc_over_prevalence_min", 2, 2.5, True),
        ("calibration_error_max", 0.05, 0.04, True),
        ("calibration_error_max", 0.03, 0.04, False),
        ("null_distance_max", 0.05, 0.03, True),
        ("null_distance_max", 0.02, 0.03, False),
        ("above_baselines", 0, 0.02, True),
        ("above_baselines", 0.03, 0.02, False),
    ],
)
def test_a_gate_says_what_was_found_and_whether_it_passed(
    gate: str, required: float, found: float, passed: bool
) -> None:
    (judged,) = judge({gate: required}, METRICS)

    assert judged.found == pytest.approx(found)
    assert judged.passed is passed


def test_one_better_baseline_is_enough_to_fail() -> None:
    better = {**METRICS, "baselines": {**METRICS["baselines"], "degree": {"auroc": [0.81, 0.7, 0.9]}}}

    (judged,) = judge({"above_baselines": 0}, better)

    assert not judged.passed
    assert judged.found == pytest.approx(-0.01)


def test_a_metric_that_was_not_measured_does_not_pass() -> None:
    judged = judge({"sex_accuracy_min": 0.9, "null_distance_max": 0.1}, {"model": {}, "shuffled": None})

    assert [gate.passed for gate in judged] == [False, False]
    assert judged[1].told == "gate sex_accuracy_min: found no such metric, required 0.9"


def test_a_metric_that_is_not_a_number_does_not_pass() -> None:
    (judged,) = judge({"auroc_min": 0.5}, {"model": {"auroc": [float("nan")] * 3}})

    assert not judged.passed


def test_an_unknown_gate_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(UnknownGateError, match=r"aurocc_min; a spec may name .*above_baselines"):
        judge({"aurocc_min": 0.5}, METRICS)
