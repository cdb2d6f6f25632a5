import numpy as np

from muster.learners.feature_matrix import FeatureMatrix
from muster.learners.viability_baselines import baselines, logistic
from muster.learners.viability_folds import Examples

NAMES = ["depmap_effect", "interaction_degree", "loeuf", "missense_oe", "shet"]


def examples() -> Examples:
    """Return genes whose outcome follows from LOEUF; nobody knows their DepMap effect."""
    labels = np.arange(90, dtype=np.int32) % 3
    values = np.tile(np.arange(90, dtype=np.float32)[:, None] % 7, (1, 5))
    values[:, 0], values[:, 2] = np.nan, -labels
    return Examples(FeatureMatrix(NAMES, values), labels, (np.arange(90) // 3 % 5).astype(np.int32), 5)


def test_each_source_answers_for_every_gene_and_an_unknown_value_counts_as_usual() -> None:
    found = baselines(examples(), ["viable", "subviable", "lethal"])

    assert set(found) == {"constraint", "all_constraint", "human_cells", "degree"}
    assert all(np.isfinite(answers).all() for answers in found.values())
    assert (found["constraint"].argmax(axis=1) == examples().labels).all()
    assert np.ptp(found["human_cells"], axis=0).max() < 0.01


def test_a_source_that_is_left_out_is_no_baseline() -> None:
    found = baselines(examples().without(["depmap_effect"]), ["CL", "DL", "SV"])

    assert set(found) == {"constraint", "all_constraint"}


def test_a_fold_is_answered_without_its_outcomes() -> None:
    genes = examples()
    genes.labels[genes.fold == 0] = 0

    assert (logistic(genes, ["loeuf"], 3)[genes.fold == 0].argmax(axis=1) == np.arange(18) % 3).all()
