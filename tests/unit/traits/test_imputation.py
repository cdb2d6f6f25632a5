import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from muster.traits.imputation import hold_out, impute, judge_imputation
from muster.traits.matrix import Matrix, Values

LINES, TRAITS = 400, 12


def low_rank(seed: int = 5) -> Matrix:
    """Return two planted directions and a little noise; the last trait is noise alone; a fifth is missing."""
    chance = np.random.default_rng(seed)
    values = chance.normal(size=(LINES, 2)) @ chance.normal(size=(2, TRAITS)) + 0.3 * chance.normal(
        size=(LINES, TRAITS)
    )
    values[:, -1] = chance.normal(size=LINES)
    values[chance.random(values.shape) < 0.2] = np.nan
    return named(values)


def named(values: Values) -> Matrix:
    lines = [f"l{number:03d}" for number in range(len(values))]
    return Matrix(lines, [f"t{number:02d}" for number in range(values.shape[1])], values)


def test_planted_directions_are_imputed_better_than_by_zero_or_the_mean_and_noise_is_not() -> None:
    quality = judge_imputation(low_rank(), seed=17)

    assert quality["trait_id"].tolist() == [f"t{number:02d}" for number in range(TRAITS)]
    assert quality["held_out_count"].min() >= 20
    assert quality["is_better"].tolist() == [True] * (TRAITS - 1) + [False]
    assert quality["r2"][:-1].median() > 0.8
    assert quality[["zero_r2", "mean_r2"]].max().max() < 0.05


def test_a_trait_with_few_effects_is_not_said_to_be_imputed_well() -> None:
    effects = low_rank()

    quality = judge_imputation(named(effects.values[:40]), seed=17)

    assert not quality["is_better"].any()


def test_measured_and_imputed_are_never_mixed() -> None:
    effects = low_rank()
    effects.values[0, 0] = 60.0

    rows = impute(effects, np.full(TRAITS, True), seed=17)

    assert len(rows) == LINES * TRAITS
    measured = rows["is_measured"]
    assert measured.sum() == effects.is_measured.sum()
    np.testing.assert_array_equal(rows["effect_size"], effects.values.ravel())
    assert rows.loc[measured, "imputed_effect_size"].isna().all()
    assert rows.loc[~measured, "imputed_effect_size"].notna().all()
    assert rows["effect_size"].max() == 60.0
    assert rows["imputed_effect_size"].abs().max() <= 5.0


def test_where_imputing_is_no_better_the_control_mean_stands_and_says_so() -> None:
    effects = low_rank()

    rows = impute(effects, np.arange(TRAITS) < TRAITS - 1, seed=17)

    noise = rows[(rows["trait_id"] == "t11") & ~rows["is_measured"]]
    assert noise["is_shrunk"].all()
    assert noise["imputed_effect_size"].tolist() == [0.0] * len(noise)
    assert not rows.loc[rows["is_measured"] | (rows["trait_id"] != "t11"), "is_shrunk"].any()


def test_held_out_are_mostly_whole_gaps_of_other_lines() -> None:
    is_measured = np.full((300, 8), True)
    is_measured[:150, 4:] = False

    held_out = hold_out(is_measured, seed=3)

    assert held_out.sum() == pytest.approx(180, rel=0.2)
    assert not (held_out & ~is_measured).any()
    assert (held_out[150:, 4:].sum(axis=1) == 4).sum() * 4 > 0.75 * held_out.sum()


def test_where_nothing_is_missing_effects_are_held_out_at_random() -> None:
    held_out = hold_out(np.full((300, 8), True), seed=3)

    assert held_out.sum() == pytest.approx(240, rel=0.2)


@pytest.mark.parametrize("values", [np.empty((0, 0)), np.array([[1.0], [2.0], [np.nan]]), np.full((3, 2), 1.0)])
def test_a_small_table_is_no_trouble(values: Values) -> None:
    effects = named(values)

    quality = judge_imputation(effects, seed=17)

    assert not quality["is_better"].any()
    assert len(impute(effects, quality["is_better"].to_numpy(bool), seed=17)) == values.size


def test_the_number_of_threads_changes_no_bit() -> None:
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            found.append(judge_imputation(low_rank(), seed=17).to_csv())

    assert found[0] == found[1]
