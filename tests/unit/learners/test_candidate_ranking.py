from pathlib import Path

import numpy as np
import pytest

from muster import registry
from muster.learners.candidate_ranking import CandidateModel, OtherFeaturesError, rank, read_model
from muster.learners.candidate_reasons import group_of

MEMBERS = np.array([4, 12, 24, 40, 52, 64, 76, 88, 100, 120])


@pytest.fixture
def model(candidate_workspace: Path) -> CandidateModel:
    return read_model(registry.resolve("candidate_genes"))


def places(model: CandidateModel, numbers: np.ndarray) -> np.ndarray:
    return np.array(sorted(model.genes.symbols.index(f"Gen{number}") for number in numbers))


def test_an_answer_is_the_same_every_time_and_in_any_order_of_the_members(model: CandidateModel) -> None:
    members = places(model, MEMBERS)

    assert rank(model, members, limit=10) == rank(model, members, limit=10)
    assert [found.place for found in rank(model, members[::-1], limit=10)] == [
        found.place for found in rank(model, members, limit=10)
    ]


def test_members_are_not_candidates(model: CandidateModel) -> None:
    members = places(model, MEMBERS)

    found = rank(model, members, limit=1000)

    assert len(found) == 230
    assert not {candidate.place for candidate in found} & set(members.tolist())
    assert [candidate.rank for candidate in found] == list(range(1, 231))


def test_a_higher_score_is_never_less_probable(model: CandidateModel) -> None:
    found = rank(model, places(model, MEMBERS), limit=1000)

    assert (np.diff([candidate.score for candidate in found]) <= 0).all()
    assert (np.diff([candidate.probability for candidate in found]) <= 0).all()


def test_the_partners_of_a_candidate_are_named_with_the_most_telling_first(model: CandidateModel) -> None:
    members = places(model, MEMBERS)
    candidate = next(found for found in rank(model, members, limit=50) if "interacts with 2" in found.reasons[0])

    edges = model.graph.partners[[candidate.place]].indices
    partners = sorted(set(edges) & set(members.tolist()), key=lambda gene: model.graph.central[gene, 0])
    assert candidate.reasons[0] == "interacts with 2 of 10 of the set: " + ", ".join(
        model.genes.symbols[gene] for gene in partners
    )


def test_every_feature_is_about_something_that_can_be_said(model: CandidateModel) -> None:
    assert {group_of(name) for name in model.names} == {"partners", "walk", "paths", "family", "expression", "place"}


def test_a_model_of_other_features_is_refused(model: CandidateModel) -> None:
    model.names.reverse()

    with pytest.raises(OtherFeaturesError, match="train it again"):
        rank(model, places(model, MEMBERS), limit=1)
