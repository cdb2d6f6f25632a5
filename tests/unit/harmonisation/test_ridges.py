"""The controls of each trait and centre as densities."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from muster.harmonisation.ridges import BINS, density, ridges

CENTRES = """
from (values ('mass', 'A', 20, 10.0, 1.0), ('mass', 'B', 20, 20.0, 1.0), ('urea', 'A', 20, 1.0, 0.1),
    ('urea', 'B', 20, 9.0, 0.9), ('steps', 'A', 20, 3.0, 0.0)) as t(trait_id, centre, control_count, location, spread)
"""
ANIMALS = """
select trait_id, centre, sex, is_control, value, control_z from (values
    ('mass', 'A', 'female', true, 10.0, 0.0, 10), ('mass', 'A', 'female', false, 99.0, 9.0, 50),
    ('mass', 'A', 'male', true, 10.0, 0.0, 7),
    ('mass', 'B', 'female', true, 20.0, null, 10), ('mass', 'B', 'female', true, 'nan'::double, 0.0, 30),
    ('mass', 'B', 'female', true, 500.0, 0.0, 30),
    ('steps', 'A', 'female', true, 3.0, 0.0, 10)
) as t(trait_id, centre, sex, is_control, value, control_z, copies), range(100) as numbers(number) where number < copies
"""


@pytest.fixture
def found(publish_marts: Callable[..., Path]) -> dict:
    publish_marts("1.0", trait_centres=CENTRES, measurements=ANIMALS)
    return ridges("1.0")


def nine(trait: str, centre: str, *, value: float, control_z: str) -> str:
    animal = f"'{trait}' as trait_id, '{centre}' as centre, 'male' as sex, true as is_control"
    return f"select {animal}, {value}::double as value, {control_z}::double as control_z from range(9)"


def levels(digits: str) -> list[int]:
    return list(bytes.fromhex(digits))


def test_mutants_and_values_that_are_no_number_are_not_counted(found: dict) -> None:
    assert found["mass"]["centres"]["A"]["female"]["count"] == 10
    assert found["mass"]["centres"]["B"]["female"]["count"] == 40


def test_a_handful_of_animals_has_no_shape(found: dict) -> None:
    assert list(found["mass"]["centres"]["A"]) == ["female"]


def test_centres_share_one_scale_and_their_hills_stand_where_their_animals_are(found: dict) -> None:
    mass = found["mass"]

    assert (mass["low"], mass["high"], mass["is_log"]) == (6.0, 24.0, False)
    # 10 lies 4 of 18 from the low end, 20 lies 14 of 18: bins 13 and 46 of 60.
    assert levels(mass["centres"]["A"]["female"]["before"]).index(255) == 13
    assert levels(mass["centres"]["B"]["female"]["before"]).index(255) == 46
    assert levels(mass["centres"]["A"]["female"]["after"]).index(255) == 30


def test_animals_beyond_the_scale_are_missing_in_the_area(found: dict) -> None:
    peaks = {centre: sexes["female"]["before_peak"] for centre, sexes in found["mass"]["centres"].items()}

    assert peaks["B"] == pytest.approx(peaks["A"] / 4, abs=1e-4)


def test_animals_without_a_z_are_drawn_before_only(publish_marts: Callable[..., Path]) -> None:
    publish_marts("1.0", trait_centres=CENTRES, measurements=nine("mass", "A", value=10, control_z="null"))

    (male,) = ridges("1.0")["mass"]["centres"]["A"].values()

    assert max(levels(male["before"])) == 255
    assert max(levels(male["after"])) == 0
    assert male["after_peak"] == 0


def test_centres_that_differ_by_factors_stand_on_a_logarithmic_scale(publish_marts: Callable[..., Path]) -> None:
    publish_marts("1.0", trait_centres=CENTRES, measurements=nine("urea", "B", value=9, control_z="0"))

    urea = ridges("1.0")["urea"]

    assert urea["is_log"]
    assert np.exp(urea["low"]) == pytest.approx(0.6)
    assert np.exp(urea["high"]) == pytest.approx(12.6)


def test_a_trait_without_a_spread_still_has_a_scale(found: dict) -> None:
    assert (found["steps"]["low"], found["steps"]["high"]) == (2.5, 3.5)
    assert levels(found["steps"]["centres"]["A"]["female"]["before"]).index(255) == 30


def test_a_smoothed_histogram_keeps_its_weight_at_the_ends() -> None:
    counts = np.zeros(BINS)
    counts[0] = 100

    assert density(counts).sum() == pytest.approx(1)
