"""What the values of a field are, and the type their column gets."""

import gzip

import pytest

from muster.mirrors.patience import TransferError
from muster.mirrors.solr import Schema
from muster.mirrors.solr_fields import kinds, known_types, published_types, settled


def test_values_of_every_kind_are_told_apart_lists_included() -> None:
    documents = [{"a": 1, "b": ["x"], "c": True, "d": []}, {"a": 0.5, "b": "y", "e": {"f": 1}}]

    assert kinds(documents) == {
        "a": ["BIGINT", "DOUBLE"],
        "b": ["VARCHAR", "VARCHAR[]"],
        "c": ["BOOLEAN"],
        "d": ["[]"],
        "e": ["VARCHAR"],
    }


@pytest.mark.parametrize(
    ("declared", "seen", "expected"),
    [
        (None, [], "VARCHAR"),
        (None, ["BIGINT", "DOUBLE"], "DOUBLE"),
        ("BIGINT", ["DOUBLE"], "DOUBLE"),
        ("DOUBLE", ["BIGINT"], "DOUBLE"),
        ("BIGINT", ["VARCHAR"], "VARCHAR"),
        ("BOOLEAN", ["BIGINT"], "VARCHAR"),
        ("VARCHAR[]", ["VARCHAR"], "VARCHAR[]"),
        ("VARCHAR", ["VARCHAR[]"], "VARCHAR[]"),
        ("DOUBLE[]", ["[]"], "DOUBLE[]"),
        (None, ["[]"], "VARCHAR[]"),
    ],
)
def test_a_column_is_as_wide_as_its_values(declared: str | None, seen: list[str], expected: str) -> None:
    assert settled(declared, seen) == expected


def test_the_published_type_goes_before_the_type_of_the_index() -> None:
    schema = Schema("id", {"p_value": "string", "weight": "pfloat", "mp_id": "strings[]"})

    assert known_types({"p_value": "DOUBLE"}, schema) == {
        "p_value": "DOUBLE",
        "weight": "DOUBLE",
        "mp_id": "VARCHAR[]",
    }


class Mirror:
    """A mirror that gives one content, or fails."""

    def __init__(self, given: bytes | Exception) -> None:
        self.given = given

    def content(self, _url: str) -> bytes:
        if isinstance(self.given, Exception):
            raise self.given
        return self.given


@pytest.mark.parametrize("place", [None, "upstream"])
def test_where_no_place_keeps_the_companions_nothing_is_asked(place: str | None) -> None:
    assert published_types(Mirror(AssertionError()), place, "Mp") == {}


@pytest.mark.parametrize(
    "given", [TransferError("http://m: the mirror answered 403", 403), b"<html>", gzip.compress(b"core_doc")[:-9]]
)
def test_a_harvest_does_without_a_list_that_does_not_come(given: bytes | Exception, caplog) -> None:
    assert published_types(Mirror(given), "http://m", "Mp") == {}
    assert "the published list of fields is not used" in caplog.text
