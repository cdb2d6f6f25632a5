"""Judged by eye: wild types are mostly normal, lines whose driving trait is moved are not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from muster.simulator.categories import judged, judged_at, judgements, remapping, true_shares
from muster.simulator.consortium import Consortium, found
from muster.simulator.sizes import SIZES
from muster.simulator.specimens import Colony, breed
from muster.simulator.vocabulary import centres

ABNORMAL = {
    "abnormal",
    "left eye abnormal",
    "right eye abnormal",
    "both eyes abnormal",
    "Inactive",
    "Increased activity",
}


@pytest.fixture(scope="module")
def seen() -> tuple[Consortium, Colony, np.ndarray]:
    consortium = found(replace(SIZES["tiny"], measured_lines=300), 20190124)
    colony = breed(consortium)
    return consortium, colony, judgements(consortium, colony)


def test_few_wild_types_are_judged_abnormal(seen) -> None:
    _, colony, said = seen

    own = pd.Series(said[colony.mice["is_control"]].ravel())
    assert own.isin(ABNORMAL).mean() == pytest.approx(0.03, abs=0.015)
    assert own.eq("no data").mean() == pytest.approx(0.01, abs=0.01)
    assert own.eq("").mean() == pytest.approx(0.02, abs=0.015)


def test_a_line_is_judged_abnormal_as_often_as_the_truth_says(seen) -> None:
    consortium, colony, said = seen
    place = next(number for number, each in enumerate(judged()) if each.driver == "distance")
    truth = true_shares(consortium).query("parameter_id == 'IMPC_CSD_029_001'").set_index("colony_id")

    males = colony.mice[~colony.mice["is_control"] & (colony.mice["sex"] == "male")]
    share = consortium.lines["colony_id"].loc[males["line"]].map(truth["male_abnormal_share"]).to_numpy()
    is_abnormal = np.isin(said[males.index, place].astype(str), list(ABNORMAL))
    assert is_abnormal[share == 0.6].mean() == pytest.approx(0.6, abs=0.12)
    assert is_abnormal[share == 0.03].mean() == pytest.approx(0.03, abs=0.02)
    assert (share == 0.6).sum() > 50


def test_the_direction_of_the_effect_names_the_category(seen) -> None:
    consortium, colony, said = seen
    distance = 21

    males = colony.mice[~colony.mice["is_control"] & (colony.mice["sex"] == "male")]
    effect = consortium.effects[males["line"], distance, 1]
    category = said[males.index, 2].astype(str)
    assert not (category[effect < -1] == "Increased activity").any()
    assert (category[effect < -1] == "Inactive").sum() > 20


def test_a_centre_judges_only_what_it_does() -> None:
    jax, davis = (int(centres().index[centres()["centre"] == name][0]) for name in ("JAX", "UC Davis"))

    assert [each.parameter_id for each in judged_at(jax)] == ["IMPC_XRY_001_001", "IMPC_EYE_007_001"]
    assert [each.parameter_id for each in judged_at(davis)][-1] == "IMPC_CSD_029_001"


def test_the_remapping_has_the_header_and_meaning_of_the_public_one() -> None:
    header, *lines = remapping().splitlines()

    assert header == "IMPRESS ID\tCATEGORY\tCATEGORY"
    assert lines == [
        "IMPC_XRY_001_001\tnormal\t0",
        "IMPC_XRY_001_001\tabnormal\t1",
        "IMPC_EYE_007_001\tnormal\t0",
        "IMPC_EYE_007_001\tleft eye abnormal\t1",
        "IMPC_EYE_007_001\tright eye abnormal\t1",
        "IMPC_EYE_007_001\tboth eyes abnormal\t1",
        "IMPC_CSD_029_001\tAs expected\t0",
        "IMPC_CSD_029_001\tInactive\t1",
        "IMPC_CSD_029_001\tIncreased activity\t1",
    ]
