"""Real open field controls: the centre must vanish for mice that the fit never saw, and nothing else may."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTROLS = ROOT.parent / "shared" / "data" / "observations" / "kompute_controls_open_field_DR10.1.csv.gz"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not CONTROLS.exists(), reason="the real IMPC files are not beside this checkout (../shared/data)"
    ),
]


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, float]]:
    """Return what the benchmark prints: trait -> measure -> value."""
    command = [sys.executable, str(ROOT / "benchmarks" / "controls.py"), str(CONTROLS), "--csv"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    header, *rows = [line.split(",") for line in lines if line.count(",") > 5]
    return {row[0]: dict(zip(header[1:], map(float, row[1:]), strict=True)) for row in rows}


def test_the_centre_explains_nothing_of_mice_that_were_not_fitted(told) -> None:
    assert told["distance"]["centre share before"] > 0.9
    assert {trait for trait, found in told.items() if not found["centre share after"] <= 0.02} <= {"arena_time"}


def test_spreads_are_equal_between_centres(told) -> None:
    uneven = {trait for trait, found in told.items() if not found["spread of spreads"] <= 0.1}

    # Held out, the males' resting time in the center is the one that comes out a little beyond (docs/benchmarks.md).
    assert uneven <= {"arena_time", "center_resting_time"}
    assert told["center_resting_time"]["spread of spreads"] < 0.15


def test_order_and_planted_shifts_are_kept_and_ten_controls_will_do(told) -> None:
    del told["arena_time"]  # constant but for a few mice: told as degenerate
    for trait, found in told.items():
        assert found["rank kept"] > 1 - 1e-9, trait
        assert found["error of ten"] < 2, trait
        assert all(abs(found[f"shift {shift}"] - 1) < 0.05 for shift in ("0.5", "1.0", "2.0")), trait
