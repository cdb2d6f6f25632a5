import shutil

import duckdb
import pandas as pd
import pytest

from muster import lake
from muster.learners.prospective_viability import RULES_CHANGED, score_viability
from muster.settings import settings


@pytest.fixture(autouse=True)
def two_releases(publish_universe) -> None:
    publish_universe("1.0", "2024-01-31", 0.4)
    publish_universe("2.0", "2024-07-31", 0.95)


def rewrite(release: str, query: str) -> None:
    path = lake.build(release) / "viability.parquet"
    duckdb.sql(query.format(f"read_parquet('{path}')")).df().to_parquet(path, index=False)


def test_genes_first_labelled_later_judge_the_model_beside_constraint_alone(save_viability) -> None:
    found = score_viability(save_viability(), "2.0")

    new = lake.read("2.0", "viability").df()["gene_id"]
    assert found["genes"] == len(new) - len(lake.read("1.0", "viability").df()) == 132
    assert found["is_one_rule_era"]
    model, constraint = found["figures"]["model"], found["figures"]["baselines"]["constraint"]
    assert model["auroc_lethal"][0] > constraint["auroc_lethal"][0] > 0.6
    assert abs(found["figures"]["baselines"]["degree"]["auroc_lethal"][0] - 0.5) < 0.15
    assert model["auprc_lethal"][1] < model["auprc_lethal"][0] < model["auprc_lethal"][2]
    assert [row["outcome"] for row in found["rows"]] == ["lethal", "subviable", "viable"]


def test_across_a_change_of_the_rules_only_lethal_against_viable_is_judged(publish_universe, save_viability) -> None:
    publish_universe("20.0", "2024-09-30", 0.95)

    found = score_viability(save_viability(), "20.0")

    assert not found["is_one_rule_era"]
    assert set(found["outcomes"]) == {"lethal", "viable"}
    assert not [name for name in found["figures"]["model"] if name in ("auroc", "auprc")]
    assert found["figures"]["baselines"]["constraint"]["auroc_lethal"][0] > 0.6
    assert found["relabelled"] is None
    assert "only lethal against viable is judged" in found["notes"][0]


def test_the_rules_changed_where_the_mart_says_so() -> None:
    text = (settings().root / "dbt/models/marts/viability.sql").read_text()

    assert f"< {RULES_CHANGED}" in text


def test_genes_whose_lines_disagree_are_counted_and_not_judged(save_viability) -> None:
    folder = save_viability()
    rewrite("2.0", "select * replace (if(gene_id >= 'MGI:1220', 'conflicting', outcome) as outcome) from {}")

    found = score_viability(folder, "2.0")

    assert found["genes"] == 132 - 8
    assert "of the new genes, 8 have lines that disagree and are not judged" in found["notes"]


def test_what_was_judged_before_is_not_new_even_without_an_outcome(save_viability) -> None:
    rewrite("1.0", "select * replace (if(gene_id < 'MGI:1010', 'conflicting', outcome) as outcome) from {}")
    folder = save_viability()
    table = pd.read_parquet(folder / "predictions.parquet")
    table["outcome"] = table["outcome"].replace("conflicting", None)
    table.to_parquet(folder / "predictions.parquet", index=False)

    assert score_viability(folder, "2.0")["genes"] == 132


def test_moved_and_withdrawn_outcomes_are_counted(save_viability) -> None:
    folder = save_viability()
    rewrite(
        "2.0",
        "select * replace (if(gene_id < 'MGI:1010', 'lethal', outcome) as outcome) from {} where gene_id <> 'MGI:1050'",
    )

    found = score_viability(folder, "2.0")

    assert set(found["relabelled"]) <= {"viable to lethal", "subviable to lethal"}
    assert sum(found["relabelled"].values()) >= 3
    assert "of the genes with an outcome at 1.0, 1 have none at 2.0" in found["notes"]


def test_too_few_new_genes_are_said(save_viability, publish_universe) -> None:
    shutil.rmtree(lake.build("2.0"))
    publish_universe("2.0", "2024-07-31", 0.45)

    with pytest.raises(lake.SkippedError, match=r"first labelled at 2\.0, 10 lethal and 10 others are needed"):
        score_viability(save_viability(), "2.0")


def test_a_release_without_viability_judges_nothing(save_viability) -> None:
    folder = save_viability()
    (lake.build("2.0") / "viability.parquet").unlink()

    with pytest.raises(lake.SkippedError, match=r"release 2\.0 has no viability"):
        score_viability(folder, "2.0")
