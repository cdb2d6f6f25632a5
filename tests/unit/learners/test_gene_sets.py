import numpy as np

from muster.learners.gene_sets import choose, fold_of, group_sets, hide

GENES = [f"MGI:{number}" for number in range(40)]


def test_near_duplicates_and_parts_of_a_set_are_one_group() -> None:
    sets = {
        "parent": np.arange(0, 20),
        "child": np.arange(0, 5),
        "twin of the parent": np.arange(2, 22),
        "neighbour": np.arange(18, 38),
    }

    groups = group_sets(sets, len(GENES))

    assert groups["parent"] == groups["child"] == groups["twin of the parent"]
    assert groups["neighbour"] != groups["parent"]


def test_alike_of_alike_is_one_group() -> None:
    sets = {"a": np.arange(0, 10), "b": np.arange(3, 13), "c": np.arange(6, 16)}

    assert set(group_sets(sets, len(GENES)).values()) == {"a"}


def test_a_group_is_on_one_side_of_every_split() -> None:
    groups = {f"set {number}": f"group {number % 7}" for number in range(50)}

    folds = {(group, fold_of(group, folds=5, seed=17)) for group in groups.values()}

    assert len(folds) == 7


def test_of_each_group_as_many_sets_are_chosen_as_asked() -> None:
    groups = {f"set {number}": f"group {number % 3}" for number in range(12)}

    assert len(choose(groups, 2, seed=17)) == 6
    assert choose(groups, 2, seed=17) == choose(groups, 2, seed=17)


def test_a_quarter_is_hidden_and_nothing_is_lost() -> None:
    shown, hidden = hide("R-1", np.arange(20), GENES, share=0.25, seed=17)

    assert (len(shown), len(hidden)) == (15, 5)
    assert sorted([*shown, *hidden]) == list(range(20))


def test_who_is_hidden_does_not_depend_on_the_other_members() -> None:
    _, before = hide("R-1", np.arange(20), GENES, share=0.25, seed=17)

    _, after = hide("R-1", np.delete(np.arange(20), before[0]), GENES, share=0.25, seed=17)

    assert len(np.intersect1d(before, after)) == 4
