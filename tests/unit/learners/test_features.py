import numpy as np
import pandas as pd
import pytest

from muster.learners.feature_matrix import feature_matrix
from muster.learners.features import FeaturesError, online_table, training_table


def test_a_training_table_holds_what_was_known_at_its_release(feature_workspace) -> None:
    first, second = (training_table("gene_phenotype", release).set_index("gene_id") for release in ("1.0", "2.0"))

    # 144 genes are tested in 1.0, 192 in 2.0
    newly_tested = first.index[150]
    assert set(first.loc[newly_tested, "labels"]) == {-1}
    assert set(second.loc[newly_tested, "labels"]) <= {0, 1}
    assert first.loc[newly_tested, "viability"] == -1
    assert second.loc[newly_tested, "viability"] in (0, 1, 2)
    assert (first["event_timestamp"].dt.date.astype(str) == "2024-01-31").all()


def test_a_training_table_is_in_the_order_of_gene_ids(feature_workspace) -> None:
    table = training_table("viability", "2.0")

    assert table["gene_id"].is_monotonic_increasing
    assert len(table) == 240


def test_the_online_store_gives_the_very_numbers_of_the_offline_store(feature_workspace) -> None:
    offline = training_table("viability", "2.0")
    asked = offline["gene_id"].to_list()[::-1]

    online = online_table("serving", "2.0", asked)

    assert online["gene_id"].to_list() == asked
    left, right = feature_matrix(offline), feature_matrix(online.iloc[::-1])
    assert left.names == right.names
    assert left.values.tobytes() == right.values.tobytes()


def test_a_gene_nobody_knows_has_only_missing_features(feature_workspace) -> None:
    found = feature_matrix(online_table("serving", "2.0", ["MGI:1000", "MGI:unknown"]))

    assert np.isnan(found.values[1]).all()


def test_a_release_that_was_not_materialised_is_told(publish_universe) -> None:
    publish_universe("9.0", "2024-01-31")

    with pytest.raises(FeaturesError, match=r"run `muster materialize 9\.0`"):
        online_table("serving", "9.0", ["MGI:1000"])


def test_columns_in_another_order_give_the_same_matrix() -> None:
    frame = pd.DataFrame(
        {"gene_id": ["MGI:1"], "loeuf": [0.5], "embedding": [np.array([1, 2], np.float32)], "fold": [1]}
    )

    one, other = feature_matrix(frame), feature_matrix(frame[frame.columns[::-1]])

    assert one.names == other.names == ["embedding_00", "embedding_01", "loeuf"]
    assert one.values.tolist() == other.values.tolist() == [[1.0, 2.0, 0.5]]
