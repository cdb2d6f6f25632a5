import numpy as np
import pandas as pd

from muster.learners.image_evaluation import baselines, folds_of, mouse_accuracy, suspicions

ROWS = pd.DataFrame(
    {
        "specimen_id": ["a", "a", "b", "b"],
        "view": ["lateral", "dorsal", "lateral", "dorsal"],
        "sex": ["male", "male", "female", "female"],
    }
)


def test_all_pictures_of_a_mouse_are_in_one_fold() -> None:
    mice = pd.Series([f"mouse-{n // 2}" for n in range(40)])

    fold = folds_of(mice, 4, seed=3)

    assert pd.Series(fold).groupby(mice).nunique().max() == 1
    assert np.bincount(fold).tolist() == [10, 10, 10, 10]


def test_the_pictures_of_a_mouse_are_asked_together() -> None:
    value, _, _ = mouse_accuracy(ROWS, np.array([0.9, 0.4, 0.2, 0.3]), seed=1)

    assert value == 1.0


def test_a_surely_different_view_or_sex_is_suspicious() -> None:
    found = np.array(["lateral", "lateral", "lateral", "lateral"])
    male = np.array([0.01, 0.02, 0.3, 0.2])

    flags = suspicions(ROWS, male, found, np.array([0.99, 0.99, 0.99, 0.6]))

    assert flags == ["suspected_wrong_sex", "suspected_wrong_view,suspected_wrong_sex", "", ""]


def test_a_baseline_finds_size_where_size_tells_the_sex() -> None:
    count = 60
    is_male = np.arange(count) % 2 == 1
    rows = pd.DataFrame(
        {
            "specimen_id": [f"mouse-{n}" for n in range(count)],
            "view": "lateral",
            "sex": np.where(is_male, "male", "female"),
            "centre": [f"centre-{n // 2 % 3}" for n in range(count)],
            "equipment": None,
            "body_area_pixels": np.where(is_male, 3000, 2000) + np.arange(count),
        }
    )

    found = baselines(rows, folds_of(rows["specimen_id"], 3, seed=1), seed=1)

    assert found["body_area"]["sex_accuracy"][0] == 1.0
    assert found["majority"]["sex_accuracy"][0] == 0.5
    assert found["equipment"]["view_accuracy"][0] == 1.0
