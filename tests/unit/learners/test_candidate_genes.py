import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from muster import lake, registry
from muster.graph.knowledge import read_graph
from muster.learners.candidate_files import load_genes, load_graph
from muster.learners.candidate_training import Sets, pathway_sets, random_sets
from muster.learners.challenge import compare
from muster.learners.gates import judge
from muster.specs import load_spec
from muster.steps.train import train

WANTED = Sets(smallest=10, largest=100, per_group=1, hidden_share=0.25)


@pytest.fixture
def folder(candidate_workspace: Path) -> Path:
    return registry.resolve("candidate_genes")


@pytest.fixture
def metrics(folder: Path) -> dict:
    return registry.manifest(folder)["metrics"]


def test_hidden_members_of_planted_modules_are_found(metrics: dict) -> None:
    assert metrics["model"]["auroc"][0] > 0.75
    assert metrics["model"]["recall_at_100"][0] > 0.6
    assert metrics["model"]["auroc"][0] > metrics["baselines"]["degree"]["auroc"][0] + 0.1


def test_sets_are_held_out_beside_every_baseline(metrics: dict) -> None:
    assert set(metrics["baselines"]) == {"random_walk", "neighbours", "degree"}
    assert metrics["held_out"] | {"statistic": ""} == {
        "by": "gene_set",
        "folds": 5,
        "n": 24,
        "groups": 24,
        "hidden_genes": 96,
        "statistic": "",
    }


def test_random_sets_of_the_same_degrees_cannot_be_completed(metrics: dict) -> None:
    assert abs(metrics["shuffled"]["auroc"][0] - 0.5) < 0.1


def test_the_gates_of_the_spec_know_every_metric(metrics: dict) -> None:
    gates = judge(load_spec("candidate_genes").gates, metrics)

    assert [gate.gate for gate in gates] == ["above_baselines", "auroc_min", "null_distance_max"]
    assert all(gate.found is not None for gate in gates)


def test_a_model_is_compared_with_its_champion_on_the_same_hidden_genes(folder: Path, tmp_path: Path) -> None:
    worse = pd.read_parquet(folder / "predictions.parquet")
    worse["score"] = np.random.default_rng(1).permutation(worse["score"])
    worse.to_parquet(tmp_path / "predictions.parquet")

    against_itself = compare("xgboost_gene_sets", folder, folder)
    against_noise = compare("xgboost_gene_sets", tmp_path, folder)

    assert against_itself is not None
    assert against_itself.difference == (0.0, 0.0, 0.0)
    assert against_noise is not None
    assert against_noise.is_clearly_worse


def test_every_hidden_gene_has_a_held_out_score_and_a_rank(folder: Path) -> None:
    table = pd.read_parquet(folder / "predictions.parquet")

    hidden = table[table["is_hidden"]]
    assert len(hidden) == 96
    assert hidden["rank"].between(1, 240).all()
    assert hidden["rank"].median() < 80


def test_nothing_of_a_pathway_is_kept_or_asked(folder: Path) -> None:
    names = json.loads((folder / "features.json").read_text())["names"]
    with np.load(folder / "network.npz", allow_pickle=False) as stored:
        kept = " ".join(stored.files)

    assert "reactome" not in kept
    assert "members go" not in kept
    assert not [name for name in names if "reactome" in name or "in the network" in name]


def test_a_stored_graph_is_the_one_that_was_trained_on(folder: Path) -> None:
    spec = load_spec("candidate_genes")
    graph = load_graph(folder, load_genes(folder), spec.params["metapaths"])
    known = read_graph("3.0")

    assert (graph.partners != known.partners).nnz == 0
    assert graph.known.gene_ids == known.gene_ids
    assert graph.metapaths == ["string", "family", "tissue", "string.string", "string.family"]


def test_a_random_set_has_the_size_and_about_the_degrees_of_its_model(candidate_workspace: Path) -> None:
    known = read_graph("3.0")
    sets = pathway_sets("3.0", known, WANTED, seed=17)

    drawn = random_sets(sets, known, WANTED, seed=17)

    assert all(np.intersect1d(one.shown, one.hidden).size == 0 for one in drawn)
    assert np.mean([len(one.shown) for one in drawn]) > 8


def test_a_release_without_pathways_is_passed_over(candidate_workspace: Path) -> None:
    known = read_graph("3.0")
    known.memberships.pop("reactome")

    with pytest.raises(lake.SkippedError, match="10 unlike Reactome pathways of 10 to 100 genes; it has string and 0"):
        pathway_sets("3.0", known, WANTED, seed=17)


def test_a_release_without_interactions_is_passed_over(publish_marts) -> None:
    one = "select 1 as gene_id"
    publish_marts("1.0", {"interactions": "no companion"}, genes=one, annotations=one)

    with pytest.raises(lake.SkippedError, match="no interactions"):
        train("candidate_genes", "1.0")
