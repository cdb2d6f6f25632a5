import numpy as np

from muster.learners.hierarchy import ancestors_among, consistent, contradictions

#: 0 below 1 and 2, both below 3; 4 alone
IS_ABOVE = np.zeros((5, 5), bool)
IS_ABOVE[0, [1, 2, 3]] = IS_ABOVE[[1, 2], 3] = True


def test_no_term_is_more_probable_than_one_above_it() -> None:
    probabilities = np.random.default_rng(1).random((200, 5)).astype(np.float32)

    found = consistent(probabilities, IS_ABOVE, np.random.default_rng(4).random((200, 5)) < 0.5)

    assert contradictions(probabilities, IS_ABOVE) > 0.3
    assert contradictions(found, IS_ABOVE) == 0
    assert (found[:, 4] == probabilities[:, 4]).all()


def test_what_is_consistent_stays_as_it_is() -> None:
    probabilities = np.sort(np.random.default_rng(2).random((50, 5)).astype(np.float32), axis=1)
    chain = np.triu(np.ones((5, 5), bool), 1)

    assert np.array_equal(consistent(probabilities, chain, np.tri(50, 5) > 0), probabilities)


def test_nothing_moves_further_than_half_the_worst_contradiction_of_its_gene() -> None:
    probabilities = np.random.default_rng(3).random((200, 5)).astype(np.float32)
    child, parent = np.nonzero(IS_ABOVE)
    worst = (probabilities[:, child] - probabilities[:, parent]).max(axis=1).clip(0)

    moved = np.abs(consistent(probabilities, IS_ABOVE, np.ones((200, 5), bool)) - probabilities).max(axis=1)

    np.testing.assert_allclose(moved, worst / 2, atol=1e-6)


def test_what_saw_a_label_does_not_move_a_held_out_probability() -> None:
    probabilities = np.random.default_rng(3).random((200, 5)).astype(np.float32)
    is_tested = np.random.default_rng(4).random((200, 5)) < 0.5
    others = np.where(is_tested, probabilities, 1 - probabilities)

    one, another = (consistent(given, IS_ABOVE, is_tested) for given in (probabilities, others))

    assert (one[is_tested] == another[is_tested]).all()
    assert (one[~is_tested] != another[~is_tested]).any()


def test_only_the_terms_asked_for_are_related(publish_marts) -> None:
    publish_marts(
        "1.0",
        terms="""select * from (values ('MP:1', ['MP:3', 'MP:9']), ('MP:3', ['MP:9']), ('MP:2', []))
            as terms(mp_term_id, ancestor_ids)""",
    )

    assert ancestors_among("1.0", ["MP:1", "MP:2", "MP:3"]).tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 0]]
