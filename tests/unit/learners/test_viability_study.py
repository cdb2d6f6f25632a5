from dataclasses import replace

import numpy as np

from muster.learners.feature_matrix import FeatureMatrix
from muster.learners.metrics import draws
from muster.learners.viability_folds import Examples, Fitting
from muster.learners.viability_study import least_studied, little_known, without_study

OUTCOMES = ["viable", "subviable", "lethal"]
QUICK = Fitting({"objective": "multi:softprob", "num_class": 3, "device": "cpu", "max_depth": 2}, 10)


def examples(genes: int = 300) -> Examples:
    """Return genes whose outcome follows from LOEUF alone, the second half hardly studied."""
    chance = np.random.default_rng(5)
    labels = chance.integers(3, size=genes).astype(np.int32)
    novelty, noise = np.linspace(0, 1, genes), chance.random(genes)
    values = np.column_stack([chance.normal(-labels, 0.3), novelty, noise]).astype(np.float32)
    names = ["loeuf", "novelty", "interaction_degree"]
    return Examples(FeatureMatrix(names, values), labels, np.arange(genes, dtype=np.int32) % 5, 5)


def test_the_least_studied_third_is_that_of_the_fewest_papers() -> None:
    found = little_known(examples())

    assert found is not None
    assert found.sum() == 100
    assert found[200:].all()


def test_relatives_of_the_little_studied_do_not_teach() -> None:
    genes = examples()
    families = np.array([f"PTHR{number % 250}" for number in range(300)], dtype=object)

    found = least_studied(genes, families, QUICK, OUTCOMES, draws(families, seed=1, count=20))

    assert found is not None
    # Of the 200 well-studied genes the first 50 have a relative among the last 50.
    assert (found["n"], found["taught_by"]) == (100, 150)
    assert found["auroc"][0] > 0.9


def test_without_a_measure_of_study_nothing_is_said() -> None:
    genes = examples().without(["novelty"])

    assert least_studied(genes, np.arange(300), QUICK, OUTCOMES, draws(np.arange(300), seed=1, count=5)) is None


def test_the_traces_of_study_are_left_out_and_named() -> None:
    found = without_study(examples(), QUICK, OUTCOMES, draws(np.arange(300), seed=1, count=20))

    assert found["without"] == ["novelty", "interaction_degree"]
    assert found["auroc"][0] > 0.9


def test_vectors_of_the_network_are_traces_of_study_too() -> None:
    genes = examples()
    names = ["embedding_00", "fine_embedding_47", "loeuf"]

    found = without_study(
        replace(genes, features=FeatureMatrix(names, genes.features.values)),
        QUICK,
        OUTCOMES,
        draws(np.arange(300), seed=1, count=20),
    )

    assert found["without"] == ["embedding", "fine_embedding"]
    assert found["auroc"][0] < 0.6
