from itertools import pairwise

import pytest

from muster.quality.bands import FIXED, band

#: Phenotype calls and data points as the release notes count them.
CALLS = [
    ("4.0", 12159), ("4.2", 13008), ("4.3", 21667), ("5.0", 28406), ("6.0", 52461), ("6.1", 52656), ("7.0", 60670),
    ("8.0", 59407), ("9.1", 57797), ("9.2", 58107), ("10.0", 69982), ("10.1", 70692), ("11.0", 75844), ("12.0", 98621),
    ("13.0", 86536), ("14.0", 89329), ("15.0", 93706), ("15.1", 90010), ("16.0", 93235), ("17.0", 97294),
    ("18.0", 99148), ("19.0", 102805), ("19.1", 102926), ("20.0", 104530), ("20.1", 104530), ("21.0", 106561),
    ("21.1", 106511), ("22.0", 111485), ("22.1", 111485), ("23.0", 113803),
]  # fmt: skip
POINTS = [
    ("4.0", 19217288), ("4.2", 20665326), ("4.3", 20519711), ("5.0", 23200573), ("6.0", 31753774), ("6.1", 31741215),
    ("7.0", 34617177), ("8.0", 35882225), ("9.1", 36189353), ("9.2", 36219907), ("10.0", 40092115),
    ("10.1", 40140547), ("11.0", 45754032), ("12.0", 52947672), ("13.0", 56888042), ("14.0", 60352335),
    ("15.0", 65000619), ("15.1", 65000619), ("16.0", 69091120), ("17.0", 72362891), ("18.0", 73717132),
    ("19.0", 75815880), ("19.1", 75832290), ("20.0", 78247518), ("20.1", 78247518), ("21.0", 81650303),
    ("21.1", 81650303), ("22.0", 83847026), ("22.1", 83847026), ("23.0", 86494095),
]  # fmt: skip


@pytest.mark.parametrize("history", [CALLS, POINTS])
def test_no_real_step_is_refused_by_the_steps_before_it(history: list[tuple[str, float]]) -> None:
    refused = [
        (previous, release)
        for (previous, before), (release, count) in pairwise(history)
        for limits in [band(history, previous=previous, release=release)]
        if not limits.refused_below <= count / before <= limits.refused_above
    ]

    assert refused == []


@pytest.mark.parametrize(
    ("previous", "release", "ratio"),
    [("12.0", "13.0", 86536 / 98621), ("15.0", "15.1", 90010 / 93706), ("23.0", "24.0", 67350 / 113803)],
)
def test_the_real_falls_of_the_calls_are_not_refused(previous: str, release: str, ratio: float) -> None:
    assert band(CALLS, previous=previous, release=release).refused_below < ratio


def test_the_fall_of_24_is_told() -> None:
    assert band(CALLS, previous="23.0", release="24.0").warned_below > 67350 / 113803


@pytest.mark.parametrize("history", [CALLS, POINTS])
@pytest.mark.parametrize(("previous", "release"), [("22.0", "23.0"), ("10.1", "16.0")])
def test_a_halved_file_is_refused_however_many_releases_lie_between(
    history: list[tuple[str, float]], previous: str, release: str
) -> None:
    assert band(history, previous=previous, release=release).refused_below > 0.5


def test_a_file_of_nothing_but_copies_is_refused() -> None:
    assert band(POINTS, previous="22.0", release="22.1").refused_above < 2


def test_several_releases_at_once_may_grow_as_much_as_they_did() -> None:
    limits = band(POINTS, previous="10.1", release="16.0")

    assert limits.warned_above > 69091120 / 40140547
    assert limits.refused_above < 10


def test_a_release_behind_the_last_known_one_is_one_step() -> None:
    assert band(POINTS, previous="23.0", release="24.0").learned_from == "20 steps of counts before 24.0, for 1 at once"


def test_few_steps_teach_nothing() -> None:
    assert band(CALLS[:8], previous="7.0", release="8.0") == FIXED


def test_a_history_that_stands_still_leaves_room() -> None:
    still = [(f"{number}.0", 1000.0) for number in range(1, 20)]

    limits = band(still, previous="19.0", release="20.0")

    assert limits.refused_below == pytest.approx(0.787, abs=0.001)
    assert limits.refused_above == pytest.approx(1.271, abs=0.001)
