from dataclasses import replace

import numpy as np
import pytest

from muster.graph.knowledge import read_graph
from muster.learners.baselines import BASELINES, make_baselines
from muster.learners.evidence import make_walker
from muster.learners.feature_matrix import feature_matrix
from muster.learners.features import training_table
from muster.learners.metrics import draws
from muster.learners.robustness import Bench, genes_of_centres, judge_split, least_published, robustness, spread
from muster.learners.term_fit import Cohort
from muster.learners.term_table import read_terms

PARAMS = {"objective": "binary:logistic", "max_depth": 2, "eta": 0.2, "max_bin": 32, "seed": 1}


@pytest.fixture
def bench(feature_workspace) -> Bench:
    table, graph = training_table("gene_phenotype", "2.0"), read_graph("2.0")
    terms, features = read_terms("2.0", table, fewest=25), feature_matrix(table)
    cohort = Cohort(
        features.values, table["fold"].to_numpy(np.int32), 5, draws(np.arange(240), seed=1, count=20), PARAMS, 10
    )
    walker = make_walker(graph, ["string", "go", "string.string"])
    return Bench(cohort, terms, walker, make_baselines(graph, features), np.arange(240))


def test_the_third_of_the_tested_genes_with_the_least_published_is_held_out() -> None:
    publications = np.array([0.9, 0.1, 0.0, 0.5, 0.2, 0.3, 0.8], np.float32)
    states = np.array([[0], [1], [-1], [0], [1], [0], [0]], np.int8)

    assert np.flatnonzero(least_published(publications, states)).tolist() == [1, 4]


def test_a_gene_of_two_centres_is_held_out_with_each(bench) -> None:
    found = genes_of_centres("2.0", bench.terms.gene_ids)

    assert {centre: genes[:3].tolist() for centre, genes in found.items()} == {
        "JAX": [True, True, False],
        "TCP": [False, True, True],
    }


def test_both_splits_judge_the_model_beside_every_baseline(bench, monkeypatch) -> None:
    monkeypatch.setattr("muster.learners.robustness.SHARE", 1)

    found = robustness(bench, "2.0", 2)

    assert found.metrics["study_bias"]["genes"] == 64
    for told in (found.metrics["study_bias"], found.metrics["by_centre"]["centres"]["TCP"], found.metrics["by_centre"]):
        assert set(told["baselines"]) == set(BASELINES)
        assert told["model"]["auroc"][0] > 0.6
    assert found.metrics["by_centre"]["terms"] == 4
    assert set(found.by_term) == {"MP:0000001", "MP:0000004"}
    assert found.by_term["MP:0000001"]["study_bias_auroc"] > 0.5


def test_labels_of_held_out_genes_change_no_bit_of_a_score(bench, monkeypatch) -> None:
    is_held = least_published(bench.baselines.publications, bench.terms.states)
    states = bench.terms.states.copy()
    tested = np.flatnonzero(is_held & (states[:, 0] != -1))
    states[tested, 0] = np.random.default_rng(1).permutation(states[tested, 0])
    seen: list[bytes] = []
    monkeypatch.setattr(
        "muster.learners.robustness.judge",
        lambda split, states, weights, scores, name: seen.append(scores.tobytes()) or {},
    )

    for asked in (bench, replace(bench, terms=replace(bench.terms, states=states))):
        judge_split(asked, [0], is_held)

    assert (states != bench.terms.states).any()
    assert len(seen) == 2 * (1 + len(BASELINES))
    assert seen[: len(seen) // 2] == seen[len(seen) // 2 :]


def test_relatives_of_held_out_genes_teach_nothing(bench, monkeypatch) -> None:
    is_held = least_published(bench.baselines.publications, bench.terms.states)
    families, states = np.arange(240), bench.terms.states.copy()
    relatives = np.flatnonzero(~is_held & (states[:, 0] != -1))[:40:2]
    families[relatives] = families[np.flatnonzero(is_held)[:20]]
    states[relatives, 0] = 1 - states[relatives, 0]
    seen: list[bytes] = []
    monkeypatch.setattr(
        "muster.learners.robustness.judge",
        lambda split, states, weights, scores, name: seen.append(scores.tobytes()) or {},
    )

    for known in (bench.terms.states, states):
        judge_split(replace(bench, terms=replace(bench.terms, states=known), families=families), [0], is_held)

    assert len(relatives) == 20
    assert len(seen) == 2 * (1 + len(BASELINES))
    assert seen[: len(seen) // 2] == seen[len(seen) // 2 :]


def test_where_no_centre_is_known_it_is_said(bench, monkeypatch) -> None:
    monkeypatch.setattr("muster.learners.robustness.genes_of_centres", lambda release, genes: {})

    found = robustness(bench, "2.0", 1)

    assert found.metrics["by_centre"] == {"why": "release 2.0 names no centre"}


def test_terms_are_spread_and_each_set_of_labels_is_asked_once(bench, monkeypatch) -> None:
    terms = replace(
        bench.terms,
        ids=[*bench.terms.ids, "MP:9"],
        states=np.hstack([bench.terms.states, bench.terms.states[:, :1]]),
        weights=np.hstack([bench.terms.weights, bench.terms.weights[:, :1]]),
    )

    assert spread(terms, 9) == [0]
    monkeypatch.setattr("muster.learners.robustness.SHARE", 1)
    assert spread(terms, 9) == [0, 1, 2, 3]
    assert spread(terms, 2) == [0, 3]
    assert spread(terms, 0) == []
