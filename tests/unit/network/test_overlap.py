"""P-values of shared genes."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from muster.network.overlap import overlap_p_values, term_pairs


def calls(called: dict[int, list[int]], tested: dict[int, list[int]]) -> pd.DataFrame:
    rows = [(gene, term, gene in called[term]) for term, genes in tested.items() for gene in genes]
    return pd.DataFrame(rows, columns=["gene", "term", "is_called"])


UNRELATED = np.eye(2, dtype=bool)


def test_p_value_is_fishers() -> None:
    shared, first, second, universe = 5.0, 12.0, 20.0, 90.0

    found = overlap_p_values(*(np.array([value]) for value in (shared, first, second, universe)))

    table = [[5, 7], [15, 63]]
    assert found[0] == pytest.approx(fisher_exact(table, alternative="greater").pvalue, rel=1e-9)


def test_only_genes_tested_for_both_terms_count() -> None:
    everyone = list(range(20))
    called = {0: [0, 1, 2, 3], 1: [0, 1, 2, 10, 11]}

    (pair,) = term_pairs(calls(called, {0: everyone, 1: everyone[:10]}), UNRELATED).to_dict("records")

    assert (pair["shared"], pair["tested"]) == (3, 10)
    assert pair["expected"] == pytest.approx(4 * 3 / 10)
    assert pair["jaccard"] == pytest.approx(3 / 4)


def test_a_gene_not_tested_for_the_other_term_is_no_evidence_against_a_pair() -> None:
    called = {0: [0, 1, 2], 1: [0, 1, 2]}

    few = term_pairs(calls(called, {0: list(range(6)), 1: list(range(6))}), UNRELATED)
    more = term_pairs(calls(called, {0: list(range(6)), 1: [*range(6), *range(100, 150)]}), UNRELATED)

    assert few["p_value"][0] == more["p_value"][0] == pytest.approx(1 / 20)


def test_related_terms_are_left_out() -> None:
    called = {0: [0, 1, 2], 1: [0, 1, 2]}
    tested = {0: list(range(9)), 1: list(range(9))}

    assert term_pairs(calls(called, tested), np.ones((2, 2), dtype=bool)).empty


def test_pairs_without_a_shared_gene_count_as_tests() -> None:
    called = {0: [0, 1, 2], 1: [0, 1, 2], 2: [7, 8]}
    tested = {term: list(range(9)) for term in called}

    pairs = term_pairs(calls(called, tested), np.eye(3, dtype=bool))

    assert len(pairs) == 1
    assert pairs["q_value"][0] == pytest.approx(3 * pairs["p_value"][0])
