import re
from xml.etree import ElementTree

import numpy as np
import pytest

from muster.portal.plots import HEIGHT, WIDTH, HeldOut, calibration, roc, separation


@pytest.fixture
def perfect() -> HeldOut:
    is_called = np.arange(100) < 20
    return HeldOut(is_called, is_called + np.linspace(0, 0.1, 100), np.where(is_called, 0.9, 0.1))


@pytest.mark.parametrize("draw", [separation, roc, calibration])
def test_a_plot_is_small_and_stays_in_its_frame(perfect: HeldOut, draw) -> None:
    svg = draw(perfect)

    root = ElementTree.fromstring(svg)
    assert len(svg) < 4000
    paths = " ".join(path.get("d", "") for path in root.iter("path"))
    for x, y in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", paths):
        assert 0 <= float(x) <= WIDTH
        assert 0 <= float(y) <= HEIGHT


def test_a_perfect_ranking_goes_up_before_it_goes_right(perfect: HeldOut) -> None:
    curve = re.search(r'd="M([^"]+)" class="curve"', roc(perfect))

    assert curve is not None
    points = [tuple(map(float, point.split())) for point in curve[1].split("L")]
    highest = min(y for _, y in points)
    assert min(x for x, y in points if y == highest) == points[0][0]


def test_equal_scores_make_a_straight_line() -> None:
    even = HeldOut(np.arange(10) < 5, np.ones(10), np.full(10, 0.5))

    curve = re.search(r'd="M([^"]+)" class="curve"', roc(even))

    assert curve is not None
    assert len(curve[1].split("L")) == 2


def test_calibrated_shares_lie_on_the_line() -> None:
    found = HeldOut(np.tile([True, False], 100), np.ones(200), np.full(200, 0.5))

    dots = re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', calibration(found))

    assert len(dots) == 10
    assert len(set(dots)) == 1
