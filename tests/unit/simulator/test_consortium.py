"""Lines and effects follow the plan: modules move traits, lethal genes are kept as heterozygotes."""

import numpy as np
import pytest

from muster.simulator.consortium import Consortium, found
from muster.simulator.sizes import SIZES
from muster.simulator.vocabulary import traits


@pytest.fixture(scope="module")
def consortium() -> Consortium:
    return found(SIZES["tiny"], 20190124)


def test_lines_grow_by_stage(consortium: Consortium) -> None:
    genes = [consortium.lines.loc[consortium.lines["stage"] <= stage, "gene"].nunique() for stage in range(4)]

    assert genes == [300, 420, 480, 540]


def test_what_is_lethal_lives_on_as_heterozygotes(consortium: Consortium) -> None:
    lines = consortium.lines

    assert set(lines.loc[lines["outcome"] == "lethal", "zygosity"]) == {"heterozygote"}
    assert set(lines.loc[lines["outcome"] == "viable", "zygosity"]) == {"homozygote", "hemizygote"}


def test_losing_a_gene_of_the_lean_module_makes_lean(consortium: Consortium) -> None:
    fat = int(traits().index[traits()["trait"] == "fat_mass"][0])
    module = consortium.genes["module"].to_numpy()[consortium.lines["gene"]]

    effect = consortium.effects[:, fat, :].mean(axis=1)
    assert np.median(effect[module == 1]) < -0.8
    assert np.median(effect[module >= 13]) == 0


def test_centres_skip_what_they_do_not_do(consortium: Consortium) -> None:
    heart = int(traits().index[traits()["trait"] == "ejection_fraction"][0])

    is_jax = (consortium.lines["centre"] == "JAX").to_numpy()
    assert not consortium.is_measured[is_jax, heart].any()
    assert consortium.is_measured[(consortium.lines["centre"] == "TCP").to_numpy(), heart].mean() > 0.8
