"""The numbers of the page's sections."""

from collections.abc import Callable
from pathlib import Path

import pytest

from muster.harmonisation import sections


@pytest.fixture
def published(publish_marts: Callable[..., Path], harmonised_marts: dict[str, str]) -> str:
    publish_marts("1.0", **harmonised_marts)
    return "1.0"


def test_the_trait_the_centre_explains_most_comes_first(published: str) -> None:
    assert [row["trait_id"] for row in sections.read_traits(published)] == ["glucose", "body_weight", "holes"]


def test_centres_that_agree_least_come_first_and_what_is_not_known_is_left_out(published: str) -> None:
    assert [(row["trait_id"], row["heterogeneity"]) for row in sections.read_agreement(published)] == [
        ("glucose", 0.62),
        ("body_weight", 0.1),
    ]


def test_centres_that_do_not_submit_a_trait_are_blank(published: str) -> None:
    found = {(row["trait_id"], row["centre"]): row["tested_share"] for row in sections.read_coverage(published)}

    assert found["holes", "ICS"] == 0.6
    assert ("holes", "TCP") not in found
    assert len(found) == 8


def test_a_group_names_who_stands_for_whom(published: str) -> None:
    assert sections.read_groups(published) == [
        {"group_name": "size", "representative_trait_id": "body_weight", "others": ["glucose"], "correlation": 0.8}
    ]


def test_pairs_without_both_correlations_are_not_drawn(published: str) -> None:
    assert [(row["controls"], row["effects"]) for row in sections.read_pairs(published)] == [(0.8, 0.7)]


def test_treatments_are_counted_and_traits_without_a_spread_are_named(published: str) -> None:
    found = sections.read_treatments(published)

    assert [(row["treatment"], row["groups"], row["controls"]) for row in found["groups"]] == [
        ("no spread", 2, 120),
        ("own", 1, 60),
        ("shrunk", 1, 9),
    ]
    (trait,) = found["traits"]
    assert (trait["trait_id"], trait["without_spread"], trait["groups"], trait["floor_share"]) == ("holes", 2, 2, 1.0)


def test_drift_is_the_size_in_a_period_and_the_largest_are_listed(published: str) -> None:
    found = sections.read_drift(published)

    sizes = {(row["centre"], row["period_start"]): row["size"] for row in found["periods"]}
    assert sizes["TCP", "2020-05-25"] == 0.9
    assert sizes["TCP", "2020-04-27"] == 0.1
    assert [(row["centre"], row["drift"]) for row in found["largest"]] == [("TCP", 0.9)]


@pytest.mark.parametrize("read", ["traits", "agreement", "coverage", "groups", "pairs", "treatments", "drift"])
def test_what_is_absent_is_none(publish_marts: Callable[..., Path], read: str) -> None:
    publish_marts("1.0", genes="select 1 as gene_id")

    assert getattr(sections, f"read_{read}")("1.0") is None
    assert sections.read_evidence("1.0", {}) is None
