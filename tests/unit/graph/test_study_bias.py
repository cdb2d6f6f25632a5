import math

import pandas as pd
import pytest

from muster.graph.elements import read_elements
from muster.graph.study_bias import rank_correlation, study_bias


def test_degree_is_compared_with_novelty_where_both_are_known(six_genes: str) -> None:
    [degree, *_] = study_bias(read_elements(six_genes))["with_novelty"]

    # Ranks 4 2 2 2 against 1 2 3 4: covariance -3, variances 3 and 5.
    assert (degree["measure"], degree["pairs"]) == ("degree", 4)
    assert degree["rho"] == pytest.approx(-3 / math.sqrt(15))


def test_hits_are_compared_among_tested_genes_only(six_genes: str) -> None:
    [degree, _] = study_bias(read_elements(six_genes))["with_hits"]

    assert degree["pairs"] == 3


def test_degrees_are_told_by_target_level_genes_without_one_apart(six_genes: str) -> None:
    levels = {row["level"]: row for row in study_bias(read_elements(six_genes))["by_target_level"]}

    assert list(levels) == ["Tdark", "Tbio", "Tchem", "Tclin", "no level"]
    assert (levels["Tclin"]["genes"], levels["Tclin"]["degree"]["median"]) == (1, 3.0)
    assert (levels["Tbio"]["tested"], levels["Tbio"]["medians"]["go"]) == (1, 0.5)
    assert levels["Tchem"]["degree"]["median"] is None


def test_an_interval_is_wider_than_nothing_and_holds_the_correlation() -> None:
    found = rank_correlation(pd.Series(range(12)), pd.Series([1, 0, 2, 4, 3, 5, 7, 6, 8, 11, 9, 10]))

    low, high = found["interval"]
    assert low < found["rho"] < high < 1


def test_a_measure_that_never_differs_has_no_correlation() -> None:
    assert rank_correlation(pd.Series([1, 1, 1, 1]), pd.Series([1, 2, 3, 4]))["rho"] is None
