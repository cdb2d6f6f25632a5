import numpy as np
import pytest
from numpy.typing import NDArray

from muster.graph.knowledge import read_graph
from muster.learners.evidence import Walker, gather, make_walker
from muster.learners.labels import CALLED, TESTED, UNTESTED, families, family_fold

FOLDS = 5


@pytest.fixture
def walker(publish_universe) -> Walker:
    publish_universe("1.0", "2024-01-31")
    return make_walker(read_graph("1.0"), ["string", "go", "string.string", "string.go", "reactome"])


@pytest.fixture
def fold(walker: Walker) -> NDArray[np.int32]:
    return np.array([family_fold(family, folds=FOLDS, seed=17) for family in families("1.0")], np.int32)


def random_states(genes: int, terms: int = 3, seed: int = 1) -> NDArray[np.int8]:
    chance = np.random.default_rng(seed)
    states = np.where(chance.random((genes, terms)) < 0.3, CALLED, TESTED).astype(np.int8)
    states[chance.random(genes) < 0.3] = UNTESTED
    return states


def test_held_out_labels_change_no_feature(walker: Walker, fold: NDArray[np.int32]) -> None:
    states = random_states(len(fold))
    held, training = 2, [0, 1, 3, 4]
    changed = states.copy()
    changed[fold == held] = random_states(len(fold), seed=9)[fold == held]
    everyone = np.ones(len(fold), bool)

    before, after = (gather(walker, labels, fold, FOLDS)[1] for labels in (states, changed))

    assert before.columns(training, everyone).tobytes() == after.columns(training, everyone).tobytes()
    assert before.columns([held], everyone).tobytes() != after.columns([held], everyone).tobytes()


def test_terms_side_by_side_give_what_each_gives_alone(walker: Walker, fold: NDArray[np.int32]) -> None:
    states = random_states(len(fold), terms=4)
    everyone = np.ones(len(fold), bool)

    together = gather(walker, states, fold, FOLDS)
    alone = gather(walker, states[:, [2]], fold, FOLDS)[0]

    assert together[2].columns([0, 1], everyone).tobytes() == alone.columns([0, 1], everyone).tobytes()


def test_a_lift_is_above_nothing_where_more_partners_show_the_term_than_chance(walker: Walker, fold) -> None:
    states = np.full((len(fold), 1), TESTED, np.int8)
    partners = walker.graph.interactions["string"][[0]].indices
    states[partners] = CALLED

    columns = gather(walker, states, fold, FOLDS)[0].columns(range(FOLDS), np.arange(len(fold)) == 0)

    assert columns[0, walker.names.index("lift:string")] > 1


def test_a_metapath_without_edges_gives_no_column(walker: Walker) -> None:
    assert "lift:reactome" not in walker.names
