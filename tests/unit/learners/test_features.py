import numpy as np
import pandas as pd
import pytest

from muster.graph.summary import SUBJECTS
from muster.learners.feature_matrix import feature_matrix
from muster.learners.features import FeaturesError, online_path, online_table, open_store, training_table


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
    # Every view the service reads is in it, with numbers, not with gaps that are equal.
    assert {"embedding_00", "fine_embedding_47", "depmap_effect", "has_paralogue"} <= set(left.names)
    assert np.isfinite(left.values[:, left.names.index("depmap_effect")]).all()


@pytest.mark.parametrize("model", ["gene_phenotype", "viability"])
def test_training_reads_nothing_that_the_service_cannot_serve(feature_workspace, model: str) -> None:
    trained_on = feature_matrix(training_table(model, "2.0")).names

    served = feature_matrix(online_table("serving", "2.0", ["MGI:1000"])).names
    assert set(trained_on) <= set(served)
    # No phenotype of a gene, nor how often it was looked at, is a feature.
    assert not {"hit_count", "line_count", "is_tested", "centres", "profile", "labels", "viability"} & set(served)


def test_what_is_served_is_declared_with_its_meaning(feature_workspace) -> None:
    store = open_store(online_path("2.0"))

    (view,) = [view for view in store.list_feature_views() if view.name == "gene_summary"]
    declared = {field.name: field.description for field in view.schema if field.name != "gene_id"}
    assert sorted(declared) == sorted(name for members in SUBJECTS.values() for name in members)
    assert all(declared.values())


@pytest.mark.parametrize(
    ("moment", "expected"), [("2024-01-30", np.nan), ("2024-01-31", 0.1), ("2024-07-30", 0.1), ("2024-07-31", 0.2)]
)
def test_no_moment_knows_what_a_later_release_brought(feature_workspace, moment: str, expected: float) -> None:
    gene_ids = [f"MGI:{1000 + number}" for number in range(240)]
    asked = pd.DataFrame({"gene_id": gene_ids, "event_timestamp": pd.Timestamp(moment, tz="UTC")})
    store = open_store(online_path("2.0"))

    found = store.get_historical_features(asked, store.get_feature_service("viability")).to_df()

    np.testing.assert_array_equal(found["shet"].to_numpy(np.float32), np.float32(expected))
    # A gene that 2.0 tests first has no outcome at any moment before.
    newly_tested = found.set_index("gene_id").loc["MGI:1150", "viability"]
    assert newly_tested in (0, 1, 2) if moment >= "2024-07-31" else not newly_tested >= 0


def test_the_online_store_of_a_release_stays_at_its_moment(feature_workspace) -> None:
    found = {release: online_table("serving", release, ["MGI:1000"])["shet"].item() for release in ("1.0", "2.0")}

    assert found == pytest.approx({"1.0": 0.1, "2.0": 0.2})


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
