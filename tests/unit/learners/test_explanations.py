import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from muster.learners.explanations import chosen_genes, explain_term
from muster.learners.neighbourhood import Neighbourhood

NAMES = ["lift:string", "lift:go", "count:string.string", "loeuf", "target_level_rank"]
CONTRIBUTIONS = np.array([[0.5, 0.4, 0.1, -0.3, -0.2, -1.5]], np.float32)


@pytest.fixture
def told(neighbourhood: Neighbourhood, states: np.ndarray) -> dict[str, Any]:
    return explain_term(neighbourhood, NAMES, states, np.array([0]), CONTRIBUTIONS)[0]


def test_what_is_told_is_json(told: dict[str, Any]) -> None:
    assert json.loads(json.dumps(told)) == told
    assert set(told) == {"reasons", "groups", "paths", "nearest", "against"}


def test_groups_of_columns_add_up_to_the_score(told: dict[str, Any]) -> None:
    assert told["groups"] == {
        "interaction partners": 0.5,
        "GO terms": 0.4,
        "partners of partners": 0.1,
        "human constraint": -0.3,
        "how much it is studied": -0.2,
        "base": -1.5,
    }
    assert sum(told["groups"].values()) == pytest.approx(CONTRIBUTIONS.sum())


def test_reasons_name_partners_and_nodes(told: dict[str, Any]) -> None:
    assert told["reasons"] == [
        "interacts with Hit1, Hit2, called for this term (2 of 4 tested partners)",
        "shares GO term GO:1 (heart development) with Hit1, Hit2, called for this term (2 of 2 tested)",
        "score driven by interaction partners (odds x 1.6), GO terms (odds x 1.5), partners of partners (odds x 1.1)",
    ]


def test_what_no_metapath_walks_is_told_last_as_known_too(neighbourhood: Neighbourhood, states: np.ndarray) -> None:
    without_go = replace(neighbourhood, metapaths=["string"])

    reasons = explain_term(without_go, NAMES, states, np.array([0]), CONTRIBUTIONS)[0]["reasons"]

    assert [reason.split(" ")[0] for reason in reasons] == ["interacts", "score", "also"]
    assert reasons[-1].startswith("also known: shares GO term GO:1 (heart development) with Hit1, Hit2")


def test_the_strongest_paths_of_what_raised_the_score_are_told_with_their_share(told: dict[str, Any]) -> None:
    best = told["paths"][0]

    # Ask has four partners, Hit1 and Hit2 two each: (4 * 2) ** -0.5, half of what reaches called genes.
    assert best == {
        "metapath": "string",
        "path": "Ask -STRING- Hit1",
        "weight": 0.3536,
        "share": 0.5,
        "log_odds": 0.5,
    }
    assert told["paths"][2]["path"] == "Ask -GO:1 (heart development)- Hit1"
    assert {path["metapath"] for path in told["paths"]} == {"string", "go", "string.string"}


def test_a_metapath_that_lowers_the_score_has_no_path_among_the_reasons(
    neighbourhood: Neighbourhood, states: np.ndarray
) -> None:
    lowered = CONTRIBUTIONS * np.array([-1, 1, 1, 1, 1, 1], np.float32)

    told = explain_term(neighbourhood, NAMES, states, np.array([0]), lowered)[0]

    assert {path["metapath"] for path in told["paths"]} == {"go", "string.string"}


def test_a_gene_without_edges_has_no_named_evidence(neighbourhood: Neighbourhood, states: np.ndarray) -> None:
    told = explain_term(neighbourhood, NAMES, states, np.array([6]), CONTRIBUTIONS * 0)[6]

    assert (told["reasons"], told["paths"], told["nearest"], told["against"]) == ([], [], [], [])


def test_dark_genes_are_explained_although_others_rank_higher(
    neighbourhood: Neighbourhood, states: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("muster.learners.explanations.EXPLAINED", 1)
    scores = np.array([0.9, 0, 0, 0, 0, 0, 0.5, 0.1], np.float32)

    # Places among the untested genes Ask, Far, Dim.
    assert chosen_genes(neighbourhood, scores, states).tolist() == [0, 2]
