import numpy as np
import pytest

from muster.graph.knowledge import KnowledgeGraph, Matrix, Membership
from muster.learners.candidate_calibration import Calibration, probability
from muster.learners.candidate_evaluation import Ground, by_level, compare, judge, make_ground, summarise
from muster.learners.gene_sets import GeneSet
from muster.learners.metrics import draws

GENES = 200
SET = GeneSet("R", "R", "R", np.array([0, 1, 2]), np.array([3, 4]))


@pytest.fixture
def ground() -> Ground:
    ids = [str(gene) for gene in range(GENES)]
    pathway, family = np.zeros((GENES, 1)), np.zeros((GENES, 1))
    pathway[:50], family[[0, 4, 10]] = 1.0, 1.0
    memberships = {
        "reactome": Membership(["R"], ["R"], Matrix(pathway)),
        "family": Membership(["F"], ["F"], Matrix(family)),
    }
    levels = [None, None, None, "Tdark", "Tclin", *["Tbio"] * (GENES - 5)]
    return make_ground(KnowledgeGraph(ids, ids, {"string": Matrix((GENES, GENES))}, memberships), levels)


def test_a_perfect_ranking_of_the_hidden_genes_is_one_in_every_figure(ground: Ground) -> None:
    figures = judge(ground, SET, np.isin(np.arange(GENES), SET.hidden).astype(float))

    assert figures["auroc"] == figures["auroc_annotated"] == figures["auroc_degree_matched"] == 1.0
    assert (figures["recall_at_20"], figures["recall_at_100"]) == (1.0, 1.0)
    assert figures["log2_auprc_over_prior"] == pytest.approx(np.log2((GENES - 3) / 2))


def test_genes_that_were_shown_count_neither_for_nor_against(ground: Ground) -> None:
    scores = np.isin(np.arange(GENES), SET.hidden).astype(float)
    scores[SET.shown] = 2.0

    assert judge(ground, SET, scores)["auroc"] == 1.0
    assert judge(ground, SET, scores)["recall_at_20"] == 1.0


def test_knowing_only_who_is_in_a_pathway_finds_nobody_among_the_annotated(ground: Ground) -> None:
    figures = judge(ground, SET, (np.arange(GENES) < 50).astype(float))

    assert figures["auroc"] > 0.8
    assert figures["auroc_annotated"] == 0.5


def test_genes_of_a_family_that_was_shown_are_left_out_where_said(ground: Ground) -> None:
    only_the_kin = np.isin(np.arange(GENES), [4, 10]).astype(float)

    figures = judge(ground, SET, only_the_kin)

    assert figures["auroc"] > 0.7
    assert figures["auroc_other_families"] == 0.5


def test_hidden_genes_are_judged_by_target_level_too(ground: Ground) -> None:
    figures = judge(ground, SET, (np.arange(GENES) == 3).astype(float))

    assert (figures["auroc_Tdark"], figures["auroc_Tclin"]) == (1.0, pytest.approx(0.5))
    assert np.isnan(figures["auroc_Tchem"])


def test_figures_are_means_over_sets_with_intervals_and_a_paired_test(ground: Ground) -> None:
    chance = np.random.default_rng(4)
    good = [judge(ground, SET, chance.random(GENES) + np.isin(np.arange(GENES), SET.hidden)) for _ in range(12)]
    bad = [judge(ground, SET, chance.random(GENES)) for _ in range(12)]
    weights = draws(np.arange(12), seed=1)

    found = compare(good, bad, weights)

    assert found["auroc_lead"][0] == pytest.approx(
        summarise(good, weights)["auroc"][0] - summarise(bad, weights)["auroc"][0], abs=1e-3
    )
    assert found["auroc_lead"][1] > 0
    assert found["auroc_lead_p"] < 0.01
    assert by_level({"model": good}, weights)["Tdark"]["sets"] == 12


def test_a_probability_is_the_share_of_hidden_genes_with_such_a_score_and_never_falls() -> None:
    calibration = Calibration()
    scores = np.concatenate([np.full(100, 0.1), np.full(10, 0.9)]).astype(np.float32)
    calibration.add(scores, GeneSet("R", "R", "R", np.array([0]), np.array([1, 100, 101, 102, 103])))

    found = probability(calibration.fitted(), np.array([0.001, 0.1, 0.5, 0.9, 0.9999], np.float32))

    assert found[1] == pytest.approx(1 / 99)
    assert found[3] == pytest.approx(0.4)
    assert (np.diff(found) >= 0).all()
