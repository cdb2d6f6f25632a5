import numpy as np
import pytest
from numpy.typing import NDArray

from muster.graph.knowledge import read_graph
from muster.learners.evidence import Evidence, gather, make_walker
from muster.learners.labels import CALLED, TESTED, UNTESTED, families, family_fold
from muster.learners.metrics import draws
from muster.learners.term_fit import Cohort, fit_term, held_out_scores, with_cuts

FOLDS = 4
PARAMS = {"objective": "binary:logistic", "max_depth": 2, "eta": 0.3, "max_bin": 32, "seed": 1}


@pytest.fixture
def cohort(publish_universe) -> Cohort:
    publish_universe("1.0", "2024-01-31")
    fold = np.array([family_fold(family, folds=FOLDS, seed=17) for family in families("1.0")], np.int32)
    static = np.random.default_rng(2).random((len(fold), 2)).astype(np.float32)
    return Cohort(static, fold, FOLDS, draws(families("1.0"), seed=1, count=5), PARAMS, rounds=8)


def random_states(genes: int, seed: int = 1) -> NDArray[np.int8]:
    chance = np.random.default_rng(seed)
    states = np.where(chance.random(genes) < 0.4, CALLED, TESTED).astype(np.int8)
    states[chance.random(genes) < 0.2] = UNTESTED
    return states


def evidence_of(cohort: Cohort, states: NDArray[np.int8]) -> Evidence:
    walker = make_walker(read_graph("1.0"), ["string", "go", "string.string"])
    return gather(walker, states[:, None], cohort.fold, cohort.folds)[0]


def alike(states: NDArray[np.int8]) -> NDArray[np.float32]:
    return np.ones(len(states), np.float32)


def test_a_held_out_score_depends_on_no_label_of_its_fold(cohort: Cohort) -> None:
    states = random_states(len(cohort.fold))
    changed = np.where((cohort.fold == 2) & (states != UNTESTED), 1 - states, states).astype(np.int8)

    before, after = (
        held_out_scores(cohort, labels, evidence_of(cohort, labels), alike(labels), [2]) for labels in (states, changed)
    )

    assert before.tobytes() == after.tobytes()
    assert np.array_equal(~np.isnan(before), (cohort.fold == 2) & (states != UNTESTED))


def test_the_folds_asked_are_scored_as_all_folds_are(cohort: Cohort) -> None:
    states = random_states(len(cohort.fold))
    evidence = evidence_of(cohort, states)

    whole = held_out_scores(cohort, states, evidence, alike(states))
    part = held_out_scores(cohort, states, evidence, alike(states), [0, 3])

    asked = np.isin(cohort.fold, [0, 3])
    assert part[asked].tobytes() == whole[asked].tobytes()
    assert np.isnan(part[~asked]).all()


def test_bins_come_from_no_label_and_serve_every_term(cohort: Cohort) -> None:
    walker = make_walker(read_graph("1.0"), ["string", "go", "string.string"])
    is_tested = random_states(len(cohort.fold)) != UNTESTED

    first, second = (with_cuts(cohort, walker, is_tested, seed=17) for _ in range(2))

    states = [random_states(len(cohort.fold), seed) for seed in (1, 2)]
    found = [
        [held_out_scores(shared, labels, evidence_of(cohort, labels), alike(labels)).tobytes() for labels in states]
        for shared in (first, second)
    ]
    assert found[0] == found[1]
    assert first.cuts.get_quantile_cut()[0].tolist() == second.cuts.get_quantile_cut()[0].tolist()


def test_normal_genes_of_low_weight_pull_scores_down_less(cohort: Cohort) -> None:
    states = random_states(len(cohort.fold))
    evidence = evidence_of(cohort, states)
    unsure = np.where(states == TESTED, 0.2, 1.0).astype(np.float32)

    sure_scores, unsure_scores = (held_out_scores(cohort, states, evidence, w) for w in (alike(states), unsure))

    is_tested = states != UNTESTED
    assert unsure_scores[is_tested].mean() > sure_scores[is_tested].mean() + 0.2


def test_a_baseline_is_judged_like_the_model_and_a_normal_gene_by_its_weight(cohort: Cohort) -> None:
    states = random_states(len(cohort.fold))
    evidence = evidence_of(cohort, states)
    # Half of the normal genes are ranked on top by mistake, and weigh next to nothing.
    mistaken = (states == TESTED) & (np.arange(len(states)) % 2 == 0)
    oracle = np.where(mistaken, 2, states).astype(np.float32)
    weights = np.where(mistaken, 1e-6, 1.0).astype(np.float32)

    fitted = fit_term(cohort, states, evidence, weights, {"oracle": oracle})

    assert fitted.metrics["oracle.auroc"][0] == pytest.approx(1.0, abs=1e-4)
    assert fit_term(cohort, states, evidence, alike(states), {"oracle": oracle}).metrics["oracle.auroc"][0] < 0.7
    # Of the twenty on top none is called: a precision is of genes, whatever they weigh.
    assert mistaken.sum() >= 20
    assert fitted.metrics["oracle.precision_at_20"][0] == 0.0
    assert fitted.baselines["oracle"] is oracle
    assert not np.isnan(fitted.scores).any()
