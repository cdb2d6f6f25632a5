import numpy as np

from muster.learners.against import against
from muster.learners.neighbourhood import Neighbourhood, shown


def test_tested_and_normal_relatives_partners_and_members_speak_against(
    neighbourhood: Neighbourhood, states: np.ndarray
) -> None:
    found = against(shown(neighbourhood, states), 0, {"GO terms": 0.7, "constraint": -0.4, "base": -2.0})

    assert found == [
        "paralogue Norm3 of PTHR1 (KINASE): tested and normal (1 of 1 tested in the family)",
        "2 of 4 tested interaction partners are normal for this term: Norm2, Norm1 (60% of all tested genes are)",
        "3 of 3 tested members of pathway R-MMU-1 are normal for this term: Norm1, Norm2, Norm3 "
        "(0 called, 1.2 expected by chance)",
        "score lowered by constraint (odds x 0.67)",
    ]


def test_a_called_paralogue_does_not_speak_against(neighbourhood: Neighbourhood, states: np.ndarray) -> None:
    states[5] = 1

    found = against(shown(neighbourhood, states), 0, {})

    assert not any("paralogue" in sentence for sentence in found)


def test_nothing_known_is_nothing_against(neighbourhood: Neighbourhood, states: np.ndarray) -> None:
    assert against(shown(neighbourhood, states), 6, {"GO terms": 0.7}) == []
