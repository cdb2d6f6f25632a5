import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from muster.traits.correlations import correlate, normal_scores, pair_up
from muster.traits.matrix import Matrix, Values, matrix_of
from muster.traits.rows import as_table

GAP = np.nan


def numbered(columns: list[str], values: Values) -> Matrix:
    return Matrix([f"r{number:04d}" for number in range(len(values))], columns, np.asarray(values, float))


def test_only_what_has_both_values_is_correlated() -> None:
    values = np.array([[1, 1], [2, 2], [3, 3], [4, GAP], [GAP, 9]])

    counts, correlations = correlate(values, 3)

    assert counts.tolist() == [[4, 3], [3, 4]]
    assert correlations[0, 1] == pytest.approx(1.0, abs=0.02)


def test_too_few_in_common_and_a_constant_have_no_correlation() -> None:
    values = np.array([[1, 1, 7], [2, 2, 7], [3, 3, 7]])

    assert np.isnan(correlate(values, 4)[1]).all()
    assert np.isnan(correlate(values, 3)[1][0, 2])


def test_one_wild_animal_makes_no_correlation() -> None:
    chance = np.random.default_rng(1)
    values = chance.normal(size=(500, 2))
    values[0] = [1000.0, 1000.0]

    assert np.corrcoef(values.T)[0, 1] > 0.99
    assert abs(correlate(values, 30)[1][0, 1]) < 0.15


def test_the_numbers_are_those_of_pandas_on_the_same_scores() -> None:
    chance = np.random.default_rng(7)
    values = chance.normal(size=(300, 3)) @ chance.normal(size=(3, 5))
    values[chance.random(values.shape) < 0.4] = GAP
    scores = pd.DataFrame(np.where(np.isnan(values), GAP, normal_scores(values)))

    _, correlations = correlate(values, 30)

    np.testing.assert_allclose(correlations, scores.corr(min_periods=30), atol=1e-6)


def test_opposites_correlate_negatively_and_the_planted_strength_is_found() -> None:
    chance = np.random.default_rng(2)
    shared = chance.normal(size=20_000)
    values = np.column_stack([shared, -shared, 0.8 * shared + 0.6 * chance.normal(size=20_000)])

    _, correlations = correlate(values, 30)

    assert correlations[0, 1] == -1.0
    assert correlations[0, 2] == pytest.approx(0.8, abs=0.01)


def test_a_pair_says_what_it_rests_on() -> None:
    line = np.arange(40.0)
    controls = numbered(["a", "b", "c"], np.column_stack([line, line, line]))
    effects = numbered(["a", "b", "d"], np.column_stack([line, line, np.where(line < 19, line, GAP)])[:20])

    pairs = pair_up(controls, effects).set_index(["trait_id_a", "trait_id_b"])

    assert pairs["evidence"].to_dict() == {
        ("a", "b"): "both",
        ("a", "c"): "controls only",
        ("a", "d"): "none",
        ("b", "c"): "controls only",
        ("b", "d"): "none",
    }
    assert pairs.loc[("a", "b"), ["control_count", "effect_count"]].tolist() == [40, 20]
    assert pairs.loc[("a", "d"), ["control_count", "effect_count"]].tolist() == [0, 19]


def test_neither_the_order_of_rows_nor_the_number_of_threads_changes_a_bit() -> None:
    chance = np.random.default_rng(3)
    long = pd.DataFrame({"row": chance.permutation(2000).astype(str), "trait": "a"})
    long = pd.concat([long.assign(trait=name) for name in "abcdef"], ignore_index=True).assign(
        value=chance.normal(size=12_000)
    )
    long = long[chance.random(12_000) < 0.7]
    found = []
    for threads, seed in ((1, 4), (2, 5)):
        with threadpool_limits(threads):
            shuffled = matrix_of(as_table(long.sample(frac=1, random_state=seed)), "row", "trait", "value")
            found.append(pair_up(shuffled, shuffled).to_csv())

    assert found[0] == found[1]
