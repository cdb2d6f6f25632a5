import json
from pathlib import Path

import numpy as np
import pandas as pd

from muster.learners.feature_matrix import FeatureMatrix
from muster.learners.metrics import draws
from muster.learners.viability_folds import Examples, Fitting
from muster.learners.viability_fusil import fit_bins
from muster.learners.viability_labels import Fusil

QUICK = Fitting({"objective": "multi:softprob", "num_class": 3, "device": "cpu", "max_depth": 2}, 10)


def binned() -> tuple[Fusil, Examples]:
    """Return genes whose first two bins follow from the growth of human cells alone, the last from LOEUF."""
    chance = np.random.default_rng(4)
    labels = np.append(chance.integers(3, size=200), [3, 3]).astype(np.int32)
    effect = np.where(labels == 0, -1.0, 0.0)
    values = np.column_stack([effect, chance.normal(labels == 2, 0.2)]).astype(np.float32)
    fold = np.arange(202, dtype=np.int32) % 5
    genes = Examples(FeatureMatrix(["depmap_effect", "loeuf"], values), np.full(202, -1, np.int32), fold, 5)
    return Fusil(["CL", "DL", "V", "VN"], labels, "derived"), genes


def test_the_growth_of_human_cells_is_the_definition_and_no_feature(tmp_path: Path) -> None:
    found, genes = binned()
    ids = [f"MGI:{number}" for number in range(202)]

    metrics = fit_bins(found, genes, ids, QUICK, draws(np.arange(202), seed=1, count=5), tmp_path)

    assert metrics is not None
    json.dumps(metrics)
    assert metrics["source"] == "derived"
    assert "depmap_effect" in metrics["left_out"]
    assert metrics["outcomes"]["V"]["auroc"][0] > 0.95
    # As a feature it would tell cellular from developmental lethality without a mistake.
    assert metrics["outcomes"]["CL"]["auroc"][0] < 0.85
    answers = pd.read_parquet(tmp_path / "fusil.parquet")
    assert list(answers) == ["gene_id", "CL", "DL", "V", "bin", "source", "is_held_out"]
    # A bin of two genes cannot be learned: its genes are answered like those without a bin.
    assert answers.loc[200:, "bin"].isna().all()
    np.testing.assert_allclose(answers[["CL", "DL", "V"]].sum(axis=1), 1, atol=1e-5)
