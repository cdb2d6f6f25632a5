import math

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from muster.traits.heterogeneity import agreement, cochran_q, inconsistency


def references(*rows: tuple[str, str, str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["trait_id", "reference_id", "centre", "effect", "error"])


def planted(between: float, lines: int = 200, seed: int = 3) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    rows = []
    for line in range(lines):
        true = chance.normal()
        for centre in "ABC":
            effect = true + between * chance.normal() + 0.5 * chance.normal()
            rows.append(("fat", f"g{line:03d}", centre, effect, 0.5))
    return references(*rows)


def test_q_and_i2_are_those_of_statsmodels() -> None:
    effects = np.array([0.61, 1.94, -0.35, 0.88, 2.4])
    errors = np.array([0.31, 0.42, 0.55, 0.29, 0.7])
    peer = combine_effects(effects, errors**2)

    q = cochran_q(effects, errors)

    assert q == pytest.approx(peer.q, rel=1e-12)
    assert inconsistency(q, 4)[0] == pytest.approx(peer.i2, abs=1e-6)


def test_the_interval_is_that_of_higgins_and_thompson() -> None:
    # ln H = ln(15 / 5) / 2 = 0.549306; its error is (ln 15 - ln 5) / 2 / (sqrt 30 - sqrt 9) = 0.221742.
    assert inconsistency(15.0, 5) == pytest.approx((0.666667, 0.204988, 0.860240), abs=2e-6)
    # No more variation than chance gives: ln H is 0 with error sqrt((1 - 1/48) / 8) = 0.349851.
    assert inconsistency(3.0, 5) == pytest.approx((0.0, 0.0, 0.746246), abs=2e-6)


def test_two_centres_that_agree_give_no_interval() -> None:
    share, low, high = inconsistency(0.5, 1)

    assert share == 0.0
    assert math.isnan(low)
    assert math.isnan(high)


def test_centres_that_differ_by_chance_alone_show_no_heterogeneity() -> None:
    (row,) = agreement(planted(between=0.0)).to_dict("records")

    assert row["reference_line_count"] == 200
    assert row["centre_pair_count"] == 600
    assert row["heterogeneity_low"] == 0.0
    assert row["heterogeneity"] < 0.1
    assert row["median_difference"] == pytest.approx(0.6745, abs=0.08)
    assert row["effect_correlation"] == pytest.approx(0.8, abs=0.06)


def test_planted_heterogeneity_is_found() -> None:
    (row,) = agreement(planted(between=1.0)).to_dict("records")

    # A between-centre variance of 1 beside a sampling variance of 0.25.
    assert row["heterogeneity"] == pytest.approx(0.8, abs=0.03)
    assert row["heterogeneity_low"] < 0.8 < row["heterogeneity_high"]
    assert row["median_difference"] > 1.2


def test_a_knockout_of_one_centre_is_no_reference_and_few_pairs_have_no_correlation() -> None:
    rows = references(("fat", "g1", "JAX", 1.0, 1.0), ("fat", "g1", "TCP", 3.0, 1.0), ("fat", "g2", "JAX", 9.0, 1.0))

    (row,) = agreement(rows).to_dict("records")

    assert (row["reference_line_count"], row["centre_pair_count"]) == (1, 1)
    assert row["median_difference"] == 1.414214
    assert row["heterogeneity"] == 0.5
    assert math.isnan(row["effect_correlation"])


def test_no_reference_line_gives_no_rows_of_the_right_kind() -> None:
    found = agreement(references(("fat", "g2", "JAX", 9.0, 1.0)))

    assert found.empty
    assert found["heterogeneity"].dtype == np.float64


def test_the_order_of_rows_changes_nothing() -> None:
    rows = planted(between=0.5, lines=20)

    pd.testing.assert_frame_equal(agreement(rows[::-1]), agreement(rows))
