import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from muster.graph.knowledge import KnowledgeGraph, symmetric
from muster.learners.baselines import BASELINES, Baselines, baseline_scores, make_baselines
from muster.learners.feature_matrix import FeatureMatrix

GENES, FOLDS = 150, 3


@pytest.fixture(scope="module")
def baselines() -> Baselines:
    chance = np.random.default_rng(5)
    ends = chance.integers(0, GENES, (2, 700))
    ends = ends[:, ends[0] != ends[1]]
    graph = KnowledgeGraph([f"MGI:{n:03d}" for n in range(GENES)], [], {"string": symmetric(*ends, GENES)}, {})
    numbers = np.column_stack([chance.random(GENES), chance.integers(0, 9, GENES)]).astype(np.float32)
    return make_baselines(graph, FeatureMatrix(["novelty", "go_count"], numbers))


@pytest.fixture(scope="module")
def states() -> np.ndarray:
    chance = np.random.default_rng(6)
    return chance.choice(np.array([-1, 0, 1], np.int8), (GENES, 2), p=[0.3, 0.5, 0.2])


@pytest.fixture(scope="module")
def fold() -> np.ndarray:
    return np.random.default_rng(7).integers(0, FOLDS, GENES).astype(np.int32)


def small(*edges: tuple[int, int], genes: int) -> Baselines:
    ends = np.array(edges).T
    graph = KnowledgeGraph([f"MGI:{n}" for n in range(genes)], [], {"string": symmetric(*ends, genes)}, {})
    return make_baselines(graph, FeatureMatrix([], np.empty((genes, 0), np.float32)))


def test_held_out_labels_do_not_change_a_bit_of_their_genes_scores(baselines, states, fold) -> None:
    changed = states.copy()
    held = (fold == 1) & (states[:, 0] != -1)
    changed[held, 0] = 1 - changed[held, 0]

    before, after = (baseline_scores(baselines, labels, fold, FOLDS)[0] for labels in (states, changed))

    assert set(before) == set(BASELINES)
    assert all(before[name][held].tobytes() == after[name][held].tobytes() for name in BASELINES)
    assert not np.array_equal(before["label_propagation"][~held], after["label_propagation"][~held])


def test_a_neighbour_vote_is_the_share_of_called_among_tested_partners_of_other_folds() -> None:
    baselines = small((0, 1), (0, 2), (0, 3), (0, 4), (5, 6), genes=7)
    states = np.array([[0], [1], [0], [1], [-1], [-1], [-1]], np.int8)

    votes = baseline_scores(baselines, states, np.array([0, 1, 1, 0, 1, 1, 1], np.int32), 2)[0]["neighbour_vote"]

    assert votes[0] == 0.5
    # no tested partner: the prevalence
    assert votes[5] == 0.5


def test_label_propagation_is_the_closed_form_of_a_walk_with_restart(baselines, states, fold) -> None:
    walk = np.eye(GENES) - 0.5 * baselines.transition.toarray()
    labels = ((states[:, 0] == 1) & (fold != 2)).astype(float)
    expected = 0.5 * np.linalg.solve(walk, labels) / labels.sum()

    found = baseline_scores(baselines, states, fold, FOLDS)[0]["label_propagation"]

    held = (states[:, 0] != -1) & (fold == 2)
    np.testing.assert_allclose(found[held], expected[held], rtol=1e-4, atol=1e-7)


def test_the_regression_agrees_with_a_fully_converged_one(baselines, states, fold) -> None:
    training, asked = (states[:, 1] != -1) & (fold != 0), (states[:, 1] != -1) & (fold == 0)
    network = sparse.csr_matrix(baselines.partners)
    model = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000).fit(network[training], states[training, 1] == 1)

    found = baseline_scores(baselines, states, fold, FOLDS)[1]["adjacency_lr"]

    np.testing.assert_allclose(found[asked], model.decision_function(network[asked]), atol=0.02)


def test_only_the_folds_asked_for_are_scored_and_alike(baselines, states, fold) -> None:
    everything = baseline_scores(baselines, states, fold, FOLDS)[0]

    some = baseline_scores(baselines, states, fold, FOLDS, asked=[1])[0]

    held = (states[:, 0] != -1) & (fold == 1)
    assert all(np.array_equal(some[name][held], everything[name][held]) for name in BASELINES)
    assert all(np.isnan(some[name][~held]).all() for name in BASELINES)


def test_a_gene_without_novelty_is_placed_by_its_go_terms() -> None:
    graph = KnowledgeGraph(["MGI:1", "MGI:2", "MGI:3"], [], {}, {})
    numbers = np.array([[0.1, 9], [5.0, 1], [np.nan, 7]], np.float32)

    found = make_baselines(graph, FeatureMatrix(["novelty", "go_count"], numbers)).publications

    assert found.argsort().tolist() == [1, 2, 0]
