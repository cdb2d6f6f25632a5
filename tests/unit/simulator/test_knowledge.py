"""The planted modules can be found in what was known before, and being famous does not help."""

import numpy as np
import pandas as pd
import pytest

from muster.simulator.consortium import Consortium, found
from muster.simulator.knowledge import BIOGRID, STRING, annotations, constraint, interactions
from muster.simulator.sizes import SIZES

SEED = 20190124


@pytest.fixture(scope="module")
def consortium() -> Consortium:
    return found(SIZES["tiny"], SEED)


def same_module_share(genes: pd.DataFrame, pairs: np.ndarray) -> float:
    module = genes["module"].to_numpy()
    return float(((module[pairs[:, 0]] == module[pairs[:, 1]]) & (module[pairs[:, 0]] >= 0)).mean())


def test_partners_share_a_module_far_more_often_than_chance(consortium: Consortium) -> None:
    genes = consortium.genes

    assert same_module_share(genes, interactions(genes, STRING, SEED)) > 0.3
    assert same_module_share(genes, interactions(genes, BIOGRID, SEED)) > 0.13
    by_chance = np.random.default_rng(0).integers(len(genes), size=(20_000, 2))
    assert same_module_share(genes, by_chance) < 0.08


def test_hubs_are_the_famous_genes_and_say_nothing_about_phenotypes(consortium: Consortium) -> None:
    genes = consortium.genes
    degree = np.bincount(interactions(genes, STRING, SEED).ravel(), minlength=len(genes))

    is_silent = ~np.isin(genes["module"], range(13))
    assert np.corrcoef(degree, genes["popularity"])[0, 1] > 0.4
    assert abs(np.median(degree[is_silent]) - np.median(degree[~is_silent])) <= 2


def test_some_gene_sets_trace_a_module_and_some_do_not(consortium: Consortium) -> None:
    module = consortium.genes["module"].to_numpy()

    purity = [
        np.bincount(module[members] + 1).max() / len(members)
        for members in annotations(consortium.genes, "go", 3, SEED)
    ]
    assert np.mean(np.array(purity) > 0.5) > 0.2
    assert np.mean(np.array(purity) < 0.4) > 0.3


def test_humans_rarely_lose_what_mice_cannot_live_without(consortium: Consortium) -> None:
    upper = constraint(consortium.genes, SEED)["loeuf"]

    middle = upper.groupby(consortium.genes["outcome"]).median()
    assert middle["lethal"] < 0.8 * middle["viable"]


def test_human_cells_need_a_part_of_what_the_mouse_needs_and_two_screens_agree_on_it(consortium: Consortium) -> None:
    found = constraint(consortium.genes, SEED)
    is_lethal, is_needed = consortium.genes["outcome"] == "lethal", found["depmap"] <= -0.45

    assert 0.2 < is_needed[is_lethal].mean() < 0.5
    assert is_needed[~is_lethal].mean() < 0.02
    assert found["h1_mef_bf"][is_needed].median() > 5 > found["h1_laminin_bf"][~is_needed].median()
