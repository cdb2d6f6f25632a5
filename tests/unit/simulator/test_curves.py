"""The body weight curve agrees with the body weight of its eighth week."""

import numpy as np
import pytest

from muster.simulator.consortium import Consortium, found
from muster.simulator.curves import WEEKS, curve_documents, curves
from muster.simulator.sizes import SIZES
from muster.simulator.specimens import Colony, breed
from muster.simulator.vocabulary import rows


@pytest.fixture(scope="module")
def weighed() -> tuple[Consortium, Colony, np.ndarray]:
    consortium = found(SIZES["tiny"], 20190124)
    colony = breed(consortium)
    return consortium, colony, curves(consortium, colony)


def test_the_eighth_week_is_the_reported_body_weight(weighed) -> None:
    _, colony, grams = weighed

    ratio = grams[:, list(WEEKS).index(8)] / colony.values[:, 0]
    assert np.nanmedian(ratio) == pytest.approx(1, abs=0.005)
    assert np.nanmax(np.abs(ratio - 1)) < 0.06


def test_mice_grow_and_only_two_centres_watch_it(weighed) -> None:
    _, colony, grams = weighed

    middle = np.nanmedian(grams, axis=0)
    assert (np.diff(middle) > 0).all()
    assert middle[-1] / middle[0] == pytest.approx(2, abs=0.1)
    assert set(colony.mice.loc[~np.isnan(grams).all(axis=1), "centre"]) == {"TCP", "HMGU"}


def test_a_point_says_its_week_and_is_an_experiment_of_its_own(weighed) -> None:
    _, colony, grams = weighed
    mouse = next(mouse for mouse in rows(colony.mice) if mouse.centre == "TCP" and not np.isnan(grams[mouse.Index, 0]))

    first, *others = curve_documents(colony, mouse, {"specimen_id": mouse.specimen_id}, grams[mouse.Index])

    assert (first["parameter_stable_id"], first["discrete_point"], first["age_in_weeks"]) == ("IMPC_BWT_008_001", 4, 4)
    assert first["observation_type"] == "time_series"
    assert len({document["experiment_id"] for document in [first, *others]}) == 1 + len(others)
    assert len({document["observation_id"] for document in [first, *others]}) == 1 + len(others)
