from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from muster.learners.prediction_table import read_predictions


def test_predictions_are_read_whatever_the_order_of_rows(tmp_path: Path) -> None:
    rows = [
        ("MGI:2", "MP:2", 0.4, 1, "untested"),
        ("MGI:1", "MP:1", 0.1, None, "called"),
        ("MGI:1", "MP:2", 0.2, None, "tested"),
        ("MGI:2", "MP:1", 0.3, 1, "untested"),
    ]
    columns = ["gene_id", "mp_term_id", "probability", "rank", "status"]
    frame = pd.DataFrame(rows, columns=columns).astype({"rank": "Int32", "probability": "float32"})
    frame.to_parquet(tmp_path / "predictions.parquet")
    terms = {"mp_term_id": ["MP:2", "MP:1"], "auroc_low": [0.6, 0.5]}
    pd.DataFrame(terms).to_parquet(tmp_path / "terms.parquet")

    found = read_predictions(tmp_path)

    assert found.gene_ids == ["MGI:1", "MGI:2"]
    assert found.terms["mp_term_id"].to_list() == ["MP:1", "MP:2"]
    assert found.probability == pytest.approx(np.array([[0.1, 0.2], [0.3, 0.4]]))
    assert found.rank.tolist() == [[0, 0], [1, 1]]
    assert found.is_untested.tolist() == [[False, False], [True, True]]
    assert found.is_predictable.tolist() == [False, True]
