from pathlib import Path

import numpy as np
import pytest
import xgboost

from muster.learners.boosting import fit
from muster.learners.term_files import device_of, is_kept, keep, read_kept
from muster.learners.term_fit import TermFit


@pytest.fixture
def fitted() -> TermFit:
    features = np.arange(8, dtype=np.float32)[:, None]
    booster = fit(features, np.arange(8) > 3, {"objective": "binary:logistic"}, 2)
    scores = np.linspace(0, 1, 8, dtype=np.float32)
    metrics = {"model.auroc": np.array([0.7, 0.6, 0.8]), "degree.auroc": np.array([0.5])}
    return TermFit(scores, scores / 2, metrics, {"degree": scores + 1}, booster, features)


def test_what_is_kept_is_read_back(tmp_path: Path, fitted: TermFit) -> None:
    keep(tmp_path, "abc", fitted, {3: {"reasons": ["interacts with Gen1"], "groups": {"string": 0.5}}}, "cuda")

    found = read_kept(tmp_path, "abc")

    assert is_kept(tmp_path, "abc")
    assert device_of(tmp_path, "abc") == "cuda"
    assert found.scores.tobytes() == fitted.scores.tobytes()
    assert found.probabilities.tobytes() == fitted.probabilities.tobytes()
    assert found.metrics.keys() == {"model.auroc", "degree.auroc"}
    assert found.baselines["degree"].tobytes() == fitted.baselines["degree"].tobytes()
    assert found.explanations == {3: {"reasons": ["interacts with Gen1"], "groups": {"string": 0.5}}}
    assert xgboost.Booster(model_file=tmp_path / "abc.ubj").num_boosted_rounds() == 2


def test_a_term_whose_writing_broke_off_is_not_kept(tmp_path: Path, fitted: TermFit) -> None:
    with pytest.raises(TypeError, match="JSON"):
        keep(tmp_path, "abc", fitted, {3: object()}, "cpu")

    assert not is_kept(tmp_path, "abc")
