import numpy as np
import pandas as pd

from muster.traits.groups import group_traits


def pairs_of(*rows: tuple[str, str, float | None, float | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["trait_id_a", "trait_id_b", "control_correlation", "effect_correlation"])
    return frame.astype({"control_correlation": float, "effect_correlation": float})


def coverage_of(**counts: tuple[int, int]) -> pd.DataFrame:
    rows = [(trait, *numbers) for trait, numbers in counts.items()]
    return pd.DataFrame(rows, columns=["trait_id", "centre_count", "animal_count"])


def test_a_planted_module_is_one_group_and_the_most_covered_trait_stands_for_it() -> None:
    pairs = pairs_of(
        ("bmc", "fat", 0.9, 0.8), ("bmc", "lean", 0.8, 0.9), ("fat", "lean", 0.75, 0.9), ("fat", "urea", 0.1, 0.2)
    )

    rows = group_traits(pairs, coverage_of(bmc=(5, 900), fat=(8, 100), lean=(8, 200), urea=(9, 999)))

    assert rows["trait_id"].tolist() == ["bmc", "fat", "lean", "urea"]
    assert rows["representative_trait_id"].tolist() == ["lean", "lean", "lean", "urea"]
    assert rows["is_representative"].tolist() == [False, False, True, True]
    assert rows["member_count"].tolist() == [3, 3, 3, 1]
    np.testing.assert_array_equal(rows["mean_correlation"], [0.8, 0.775, 0.775, np.nan])


def test_equal_coverage_is_settled_by_name() -> None:
    rows = group_traits(pairs_of(("a", "b", 0.9, 0.9)), coverage_of(b=(3, 10), a=(3, 10)))

    assert rows["representative_trait_id"].tolist() == ["a", "a"]


def test_traits_that_go_together_on_controls_but_not_on_effects_stay_apart() -> None:
    rows = group_traits(pairs_of(("a", "b", 0.9, 0.3)), coverage_of(a=(1, 1), b=(1, 1)))

    assert rows["is_representative"].all()


def test_opposites_stay_apart() -> None:
    rows = group_traits(pairs_of(("a", "b", -0.95, -0.95)), coverage_of(a=(1, 1), b=(1, 1)))

    assert rows["is_representative"].all()


def test_without_effects_controls_decide_alone_and_the_row_says_so() -> None:
    pairs = pairs_of(("a", "b", 0.9, None), ("a", "c", 0.1, 0.1), ("b", "c", None, None), ("c", "d", None, None))

    rows = group_traits(pairs, coverage_of(a=(2, 1), b=(1, 1), c=(1, 1), d=(1, 1))).set_index("trait_id")

    assert rows["representative_trait_id"].to_dict() == {"a": "a", "b": "a", "c": "c", "d": "d"}
    assert rows["evidence"].to_dict() == {"a": "controls only", "b": "controls only", "c": "both", "d": "none"}


def test_no_traits_and_one_trait_are_no_trouble() -> None:
    assert group_traits(pairs_of(), coverage_of()).empty
    assert group_traits(pairs_of(), coverage_of(a=(1, 1)))["member_count"].tolist() == [1]


def test_the_order_of_rows_changes_nothing() -> None:
    pairs = pairs_of(("a", "b", 0.8, 0.8), ("b", "c", 0.8, 0.8), ("a", "c", 0.55, 0.8), ("c", "d", 0.7, 0.7))
    coverage = coverage_of(a=(1, 1), b=(1, 1), c=(1, 1), d=(1, 1))

    turned = group_traits(pairs[::-1], coverage[::-1])

    pd.testing.assert_frame_equal(turned, group_traits(pairs, coverage))
