import numpy as np
import pytest

from muster.learners.boosting import fit
from muster.learners.feature_matrix import FeatureMatrix
from muster.learners.viability_reasons import in_words, reasons


def test_what_speaks_for_lethal_adds_to_its_odds() -> None:
    chance = np.random.default_rng(2)
    values = chance.random((200, 2)).astype(np.float32)
    labels = np.where(values[:, 0] < 0.5, 2, 0) + (chance.random(200) < 0.1)
    booster = fit(values, np.minimum(labels, 2), {"objective": "multi:softprob", "num_class": 3}, 10)

    found = reasons(booster, FeatureMatrix(["depmap_effect", "family_size"], values), lethal=2, viable=0)

    assert found.subjects == ["need of human cells", "paralogues"]
    needed = values[:, 0] < 0.4
    assert found.log_odds[needed, 0].min() > 1
    assert np.abs(found.log_odds[:, 1]).mean() < 0.3


@pytest.mark.parametrize(
    ("subject", "values", "expected"),
    [
        ("need of human cells", {"depmap_effect": -1.02}, "need of human cells (cells need it, DepMap effect -1.02)"),
        ("need of human cells", {"depmap_effect": np.nan}, "need of human cells (not known)"),
        (
            "expression in the embryo",
            {"embryo_expression": 3.0, "embryo_least": 2.0},
            "expression in the embryo (expressed throughout)",
        ),
        ("expression in tissues", {"tissue_specificity": 0.9}, "expression in tissues (in few)"),
        ("paralogues", {"family_size": 1.0}, "paralogues (none)"),
        ("place in the network", {}, "place in the network"),
    ],
)
def test_a_source_says_what_it_found(subject: str, values: dict, expected: str) -> None:
    assert in_words([subject], np.array([1.0], np.float32), values) == [f"{expected}: odds of lethal x 2.7"]


def test_the_strongest_come_first_and_the_negligible_not_at_all() -> None:
    found = in_words(["paralogues", "place in the network", "others"], np.array([0.2, -1.0, 0.05], np.float32), {})

    assert [reason.split(":")[0] for reason in found] == ["place in the network", "paralogues (not known)"]
    assert found[0].endswith("x 0.4")
