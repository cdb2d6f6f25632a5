"""The trait map: seeds that fit together, and factors that follow from their formulas."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

MOLAR = re.compile(r"([\d.]+) g/mol(?: \([^)]*\))? / (\d+)(?: \* (\d+) min/h)?(?:[:,].*)?")
SEEDS = Path(__file__).resolve().parents[2] / "dbt" / "seeds"


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


TRAITS = {row["trait_id"]: row for row in seed("trait_definitions")}
PARAMETERS = {row["parameter_stem"]: row for row in seed("parameter_traits")}
READINGS = seed("unit_readings")
DERIVATIONS = seed("series_derivations")


def default_factor(trait_id: str, unit: str) -> float:
    (factor,) = (
        float(row["factor"])
        for row in READINGS
        if (row["trait_id"], row["unit"], row["is_default"]) == (trait_id, unit, "true")
    )
    return factor


def readings(trait_id: str, unit: str) -> dict[str, float]:
    return {
        row["reading"]: float(row["factor"]) for row in READINGS if (row["trait_id"], row["unit"]) == (trait_id, unit)
    }


def folded(unit: str) -> str:
    """Return a unit as the macro `folded_unit` leaves it."""
    text = unit.lower().translate(str.maketrans({"µ": "u", "μ": "u", " ": None}))
    return text.replace("²", "^2").replace("³", "^3")


def test_there_are_enough_traits_of_enough_procedures() -> None:
    families = Counter(row["procedure_family"] for row in TRAITS.values())

    assert len(TRAITS) >= 150
    assert len(families) >= 15
    assert min(families["Clinical chemistry"], families["Haematology"], families["Open field"]) >= 20


def test_no_two_traits_share_a_name() -> None:
    names = Counter(row["trait_name"].lower() for row in TRAITS.values())

    assert [name for name, count in names.items() if count > 1] == []


def test_every_seed_row_has_a_source() -> None:
    rows = [*TRAITS.values(), *PARAMETERS.values(), *READINGS, *DERIVATIONS, *seed("parameter_stems")]

    assert [row for row in rows if not row["source"].strip()] == []


def test_no_parameter_stands_twice() -> None:
    stems = Counter(row["parameter_stem"] for row in seed("parameter_traits"))

    assert [stem for stem, count in stems.items() if count > 1] == []


def test_everything_refers_to_traits_that_are_there() -> None:
    named = {row["trait_id"] for row in [*PARAMETERS.values(), *READINGS]}
    named |= {row[column] for row in DERIVATIONS for column in ("series_trait_id", "derived_trait_id")}

    assert named - set(TRAITS) == set()


def test_every_trait_is_measured_or_derived() -> None:
    reached = {row["trait_id"] for row in PARAMETERS.values()} | {row["derived_trait_id"] for row in DERIVATIONS}

    assert set(TRAITS) - reached == set()


def test_every_unit_of_a_parameter_has_a_reading() -> None:
    known = {(row["trait_id"], row["unit"]) for row in READINGS}

    assert [stem for stem, row in PARAMETERS.items() if (row["trait_id"], row["unit"]) not in known] == []


def test_every_label_has_one_default_and_no_two_equal_readings() -> None:
    defaults = Counter((row["trait_id"], row["unit"]) for row in READINGS if row["is_default"] == "true")
    factors = Counter((row["trait_id"], row["unit"], float(row["factor"])) for row in READINGS)

    assert {(row["trait_id"], row["unit"]) for row in READINGS} == set(defaults)
    assert set(defaults.values()) == {1}
    assert set(factors.values()) == {1}


def test_the_canonical_unit_is_its_own_default() -> None:
    measured = {row["trait_id"] for row in PARAMETERS.values()}

    for trait_id in measured:
        row = TRAITS[trait_id]
        unit = row["canonical_unit"].removesuffix("/min") if row["kind"] == "sum" else row["canonical_unit"]
        assert default_factor(trait_id, unit) == 1, trait_id


def test_factors_are_positive_and_each_has_its_formula() -> None:
    assert [row for row in READINGS if float(row["factor"]) <= 0 or not row["formula"]] == []


def test_folding_and_spelling_lead_to_one_unit() -> None:
    labels = {(row["trait_id"], folded(row["unit"])) for row in READINGS}
    spellings = seed("unit_spellings")

    assert len(labels) == len({(row["trait_id"], row["unit"]) for row in READINGS})
    assert [row for row in spellings if row["spelling"] != folded(row["spelling"])] == []
    assert {row["spelling"] for row in spellings} & {unit for _, unit in labels} == set()


def test_a_sum_has_a_protocol_length_and_nothing_else_has() -> None:
    for stem, row in PARAMETERS.items():
        assert (TRAITS[row["trait_id"]]["kind"] == "sum") == bool(row["protocol_seconds"]), stem


def test_bounds_are_in_order_and_shares_stay_below_a_hundred() -> None:
    for trait_id, row in TRAITS.items():
        if row["lower_bound"] and row["upper_bound"]:
            assert float(row["lower_bound"]) < float(row["upper_bound"]), trait_id
        if row["canonical_unit"] == "%" and trait_id.endswith(("_share", "_percentage")):
            assert (row["lower_bound"], row["upper_bound"]) == ("0", "100"), trait_id


def test_derivations_go_from_series_to_single_values() -> None:
    for row in DERIVATIONS:
        assert TRAITS[row["series_trait_id"]]["kind"] == "series", row
        assert TRAITS[row["derived_trait_id"]]["kind"] == "level", row
        assert (row["rule"] in {"difference", "area"}) == bool(row["to_point"]), row


def test_the_glucose_curve_gives_what_impress_derives_from_it() -> None:
    rules = {
        row["derived_trait_id"]: (row["rule"], row["from_point"], row["to_point"], row["point_unit"])
        for row in DERIVATIONS
        if row["series_trait_id"] == "glucose_curve"
    }

    assert rules == {
        "fasted_glucose": ("first", "0", "", "min"),
        "initial_glucose_response": ("difference", "0", "15", "min"),
        "glucose_response": ("area", "0", "120", "min"),
    }


@pytest.mark.parametrize(
    ("trait_id", "unit", "factor"),
    [
        # Molar masses in g/mol: glucose 180.156, cholesterol 386.65, creatinine 113.12, bilirubin 584.67; Ca 40.078,
        # P 30.974, Mg 24.305, Fe 55.845; mmol/l become mg/dl by a tenth of them, umol/l by a ten-thousandth.
        ("glucose", "mmol/l", 18.0156),
        ("glucose_curve", "mmol/l", 18.0156),
        ("total_cholesterol", "mmol/l", 38.665),
        ("triglycerides", "mmol/l", 88.57),
        ("creatinine", "umol/l", 0.011312),
        ("total_bilirubin", "umol/l", 0.058467),
        ("calcium", "mmol/l", 4.0078),
        ("phosphorus", "mmol/l", 3.0974),
        ("magnesium", "mmol/l", 2.4305),
        ("iron", "umol/l", 0.0055845),
        ("glycerol", "umol/l", 0.001),
        ("uric_acid", "mg/dl", 59.4848),
        ("body_length", "mm", 0.1),
        ("glucose_response", "mmol/l*min", 18.0156),
        ("heart_weight", "g", 1000.0),
        ("ferritin", "mg/ml", 1_000_000.0),
    ],
)
def test_a_factor_follows_from_masses_and_prefixes(trait_id: str, unit: str, factor: float) -> None:
    assert default_factor(trait_id, unit) == pytest.approx(factor, rel=1e-6)


def test_a_factor_is_what_its_own_formula_says() -> None:
    checked = 0
    for row in READINGS:
        if found := MOLAR.fullmatch(row["formula"]):
            mass, divisor, minutes = (float(part or 1) for part in found.groups())
            assert float(row["factor"]) == pytest.approx(mass / divisor * minutes, rel=1e-5), row
            checked += 1

    assert checked >= 30


def test_what_may_be_meant_by_an_ambiguous_label_is_kept() -> None:
    assert readings("urea", "mmol/l") == {"urea nitrogen": 2.8014, "urea": 6.0056}
    assert readings("urea", "mg/dl") == {"urea nitrogen": 1.0, "urea": 0.4664647}
    assert readings("bone_mineral_density", "g/cm^2") == {"g/cm^2": 1.0, "mg/cm^2": 0.001}
    assert readings("bone_mineral_density", "mg/cm^2") == {"mg/cm^2": 0.001, "g/cm^2": 1.0}
    assert readings("glucose_response", "mmol/l*min") == {"mmol/l*min": 18.0156, "mmol/l*h": 1080.936, "mg/dl*min": 1.0}
    assert readings("total_cholesterol", "mmol/l") == {"mmol/l": 38.665}
