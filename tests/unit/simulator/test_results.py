"""What a release says about each line and trait, and what it takes back."""

import pandas as pd
import pytest

from muster.simulator.consortium import Consortium, found
from muster.simulator.results import results
from muster.simulator.sizes import SIZES


@pytest.fixture(scope="module")
def consortium() -> Consortium:
    return found(SIZES["tiny"], 20190124)


def test_a_good_release_may_have_fewer_rows_and_the_same_genes(consortium: Consortium) -> None:
    before, after = results(consortium, "23.0"), results(consortium, "23.1")

    assert 0.90 < len(after) / len(before) < 0.95
    assert after["gene"].nunique() == before["gene"].nunique()
    assert after["line"].nunique() == before["line"].nunique()


def test_what_a_release_keeps_it_says_again(consortium: Consortium) -> None:
    key = ["line", "trait_index"]
    before, after = (results(consortium, release).set_index(key) for release in ("23.0", "23.1"))

    pd.testing.assert_frame_equal(after, before.loc[after.index])


def test_what_is_withdrawn_is_a_procedure_on_a_line(consortium: Consortium) -> None:
    key = ["line", "trait_index"]
    before, after = (results(consortium, release).set_index(key) for release in ("23.0", "23.1"))

    gone = before.drop(index=after.index)
    whole = ["line", "canonical_procedure_id"]
    assert not set(map(tuple, gone.reset_index()[whole].to_numpy())) & (
        set(map(tuple, after.reset_index()[whole].to_numpy()))
    )
