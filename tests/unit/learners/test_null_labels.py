from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from muster.graph.knowledge import KnowledgeGraph, Membership, symmetric
from muster.learners.baselines import baseline_scores, make_baselines
from muster.learners.evidence import Evidence, make_walker
from muster.learners.feature_matrix import FeatureMatrix
from muster.learners.metrics import draws, ranking_metrics
from muster.learners.null_labels import null_aurocs, shuffled_labels
from muster.learners.robustness import Bench
from muster.learners.term_fit import Cohort
from muster.learners.term_table import TermTable

#: A shuffled term of 150 called and 450 normal genes has a standard error of (601 / (12 x 150 x 450))^1/2 = 0.027,
#: the mean of 40 one of 0.0043: beyond 0.02 is no chance.
GENES, CALLED, TERMS, FOLDS = 600, 150, 40, 5
PARAMS = {"objective": "binary:logistic", "max_depth": 3, "eta": 0.3, "max_bin": 16, "seed": 1}


@pytest.fixture(scope="module")
def bench() -> Bench:
    chance = np.random.default_rng(11)
    # Few hubs with most of the edges, as in a real network.
    ends = (chance.random((2, 3000)) ** 2 * GENES).astype(int)
    ends = ends[:, ends[0] != ends[1]]
    # Each gene in one of 20 modules, which its static features tell of, as an embedding does.
    module = chance.integers(0, 20, GENES)
    members = sparse.csr_array((np.ones(GENES), (np.arange(GENES), module)))
    nodes = [f"GO:{number}" for number in range(20)]
    gene_ids = [f"MGI:{number:03d}" for number in range(GENES)]
    graph = KnowledgeGraph(
        gene_ids, gene_ids, {"string": symmetric(*ends, GENES)}, {"go": Membership(nodes, nodes, members)}
    )
    static = np.column_stack([np.diff(graph.partners.indptr), module]).astype(np.float32)
    features = FeatureMatrix(["interaction_degree", "embedding_00"], static)
    states = np.zeros((GENES, 1), np.int8)
    states[:CALLED] = 1
    terms = TermTable(
        gene_ids=gene_ids,
        symbols=gene_ids,
        ids=["MP:1"],
        names=["odd tail"],
        states=states,
        weights=np.where(states == 1, 1.0, 0.5).astype(np.float32),
        is_measured=np.ones((GENES, 1), bool),
        is_above=np.zeros((1, 1), bool),
    )
    fold = chance.integers(0, FOLDS, GENES).astype(np.int32)
    cohort = Cohort(features.values, fold, FOLDS, draws(np.arange(GENES), seed=1, count=1), PARAMS, 12)
    walker = make_walker(graph, ["string", "go", "string.string", "string.go"])
    return Bench(cohort, terms, walker, make_baselines(graph, features), np.arange(GENES))


def mean_auroc(bench: Bench) -> float:
    return float(np.mean([auroc[0] for auroc in null_aurocs(bench, shuffled_labels(bench.terms, TERMS, 3))]))


def test_shuffled_labels_keep_who_was_tested_and_each_state_its_weight(bench: Bench) -> None:
    states = bench.terms.states.copy()
    states[-50:] = -1
    terms = replace(bench.terms, states=states)

    found = shuffled_labels(terms, 3, seed=5)

    assert found.ids == ["MP:1"] * 3
    assert ((found.states == 1).sum(axis=0) == CALLED).all()
    assert (found.states[-50:] == -1).all()
    assert (found.weights[:-50] == np.where(found.states[:-50] == 1, 1.0, 0.5)).all()
    assert (found.states[:, 0] != found.states[:, 1]).any()


def test_nothing_is_learned_from_shuffled_labels_through_any_evidence(bench: Bench) -> None:
    assert mean_auroc(bench) == pytest.approx(0.5, abs=0.02)


def test_features_that_see_held_out_labels_would_be_found_out(bench: Bench, monkeypatch) -> None:
    honest = Evidence.columns
    # The reference computes its features once from all labels and cross-validates afterwards.
    monkeypatch.setattr(Evidence, "columns", lambda self, folds, genes: honest(self, range(FOLDS), genes))

    assert abs(mean_auroc(bench) - 0.5) > 0.05


def test_no_baseline_learns_from_shuffled_labels(bench: Bench) -> None:
    labels, fold = shuffled_labels(bench.terms, TERMS, 4), bench.cohort.fold
    scores = baseline_scores(bench.baselines, labels.states, fold, FOLDS)

    for name in ("neighbour_vote", "label_propagation", "adjacency_lr"):
        aurocs = [
            ranking_metrics(labels.states[:, term] == 1, scores[term][name].astype(float), np.ones((1, GENES)), fold)
            for term in range(TERMS)
        ]
        assert np.mean([found["auroc"][0] for found in aurocs]) == pytest.approx(0.5, abs=0.02), name
