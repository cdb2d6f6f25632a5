"""What is said of a unit."""

import duckdb
import pandas as pd

from muster.harmonisation.evidence import cases, contested, findings

COLUMNS = """trait_id, parameter_id, pipeline_id, centre, unit, reading, factor, control_count, other_centre_count,
    shift, log_likelihood, probability, is_label, is_default, is_chosen, verdict"""


def evidence(*rows: str) -> pd.DataFrame:
    return duckdb.sql(f"from (values {', '.join(rows)}) as t({COLUMNS})").df()


def label(centre: str, verdict: str, taken: str, probability: float, parameter: str = "IMPC_CBC_004_001") -> list[str]:
    """Return the two readings of urea in mg/dl; `probability` is that of urea nitrogen."""
    start = f"('urea', '{parameter}', 'IMPC_001', '{centre}', 'mg/dl',"
    return [
        f"{start} 'urea', 0.17, 50, 6, -0.33, -90.0, {1 - probability}, true, true, {taken == 'urea'}, '{verdict}')",
        f"{start} 'urea nitrogen', 0.36, 50, 6, 0.0, -9.0, {probability}, true, false, {taken != 'urea'}, '{verdict}')",
    ]


def test_the_doubtful_label_comes_first_and_is_told_in_a_sentence(harmonised_marts: dict[str, str]) -> None:
    found = cases(duckdb.sql(harmonised_marts["unit_evidence"]).df(), {"glucose": "glucose"})

    assert [case["verdict"] for case in found] == ["label doubtful", "label holds"]
    assert found[0]["sentence"] == (
        "ICS: glucose is labelled mg/dl but reads like mmol/l (\u00d7 18.0). The values stay as they are labelled."
    )
    assert found[1]["sentence"] == "TCP: glucose is labelled mmol/l, and reads like it."
    assert [reading["reading"] for reading in found[0]["readings"]] == ["mmol/l", "mg/dl"]


def test_values_that_are_too_large_are_told_by_what_they_are_divided_by() -> None:
    start = "('mass', 'X_1', 'P', 'TCP', 'g',"
    rows = evidence(
        f"{start} 'g', 1.0, 50, 6, 3.0, -90.0, 0.0, true, true, false, 'label doubtful')",
        f"{start} 'mg', 0.001, 50, 6, 0.0, -9.0, 1.0, false, false, true, 'label doubtful')",
    )

    (case,) = cases(rows, {})

    assert case["sentence"] == "TCP: mass is labelled g but reads like mg (÷ 1,000). The values are taken as mg."


def test_a_slip_by_a_power_of_ten_is_told_as_one() -> None:
    start = "('mass', 'X_1', 'P', 'TCP', 'g',"
    rows = evidence(
        f"{start} 'g', 1.0, 50, 6, -1.0, -90.0, 0.0, true, true, true, 'label doubtful')",
        f"{start} 'g / 10', 10.0, 50, 6, 0.0, -9.0, 1.0, false, false, false, 'label doubtful')",
    )

    (case,) = cases(rows, {})

    assert case["sentence"] == (
        "TCP: mass is labelled g but its values are 10 times too small for that. They stay as they are labelled."
    )


def test_unlikely_readings_that_the_label_cannot_mean_are_left_out() -> None:
    start = "('mass', 'X_1', 'P', 'TCP', 'g',"
    end = "false, false, false, 'label holds')"
    slips = [f"{start} 'g / {10**n}', {10**n}, 50, 6, 0.0, -9.0, {0.001 / 10**n}, {end}" for n in range(1, 6)]
    rows = evidence(f"{start} 'g', 1.0, 50, 6, 0.0, -9.0, 0.99, true, true, true, 'label holds')", *slips)

    (case,) = cases(rows, {})

    assert [reading["reading"] for reading in case["readings"]] == [
        "g",
        "g, 10 times too small",
        "g, 100 times too small",
    ]


def test_only_traits_with_a_label_that_does_not_hold_are_contested(harmonised_marts: dict[str, str]) -> None:
    disputed = duckdb.sql(harmonised_marts["unit_evidence"]).df()
    calm = evidence(
        "('mass', 'X_1', 'P', 'TCP', 'g', 'g', 1.0, 50, 6, 0.0, -9.0, 1.0, true, true, true, 'label holds')"
    )

    found = contested(cases(pd.concat([disputed, calm]), {}))

    assert [(case["trait"], case["centre"]) for case in found] == [("glucose", "ICS"), ("glucose", "TCP")]


def test_a_label_that_stays_open_says_what_is_taken() -> None:
    (case,) = cases(evidence(*label("MARC", "undecided", "urea", 0.5)), {"urea": "plasma urea"})

    assert case["sentence"] == (
        "MARC: plasma urea is labelled mg/dl. Its 50 controls do not tell urea or urea nitrogen; it is taken as urea."
    )


def test_what_was_decided_is_told_once_for_all_centres() -> None:
    decided = [
        row
        for centre, taken in (("TCP", "urea nitrogen"), ("BCM", "urea"), ("JAX", "urea nitrogen"))
        for row in label(centre, "decided from the data", taken, 0.99)
    ]

    assert findings(cases(evidence(*decided), {})) == [
        (
            "decided from the data",
            "urea labelled mg/dl can mean several things. "
            "Controls read like urea at BCM; like urea nitrogen at JAX, TCP.",
        )
    ]


def test_versions_of_a_parameter_are_one_finding() -> None:
    rows = [
        row
        for parameter in ("IMPC_CBC_004_002", "IMPC_CBC_004_001")
        for row in label("MARC", "undecided", "urea", 0.5, parameter)
    ]

    (case,) = cases(evidence(*rows), {})

    assert case["parameters"] == ["IMPC_CBC_004_001", "IMPC_CBC_004_002"]
