"""A core is asked in SOLR's terms: whole pages, its own reasons, its own fields."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from muster.mirrors.solr import FIRST_CURSOR, HarvestError, RefusedQueryError, Solr
from muster.mirrors.solr_query import Query

DOCS = [{"id": "1", "data_point": 1.0, "metadata": ["a = b"]}]


def answer(**response: object) -> bytes:
    return json.dumps({"responseHeader": {"status": 0}, "nextCursorMark": "x", "response": response}).encode()


@pytest.fixture
def tiny(tiny_mirror, connection) -> Iterator[Solr]:
    return Solr(connection, f"{tiny_mirror.url}/solr")


def test_pages_follow_one_another_until_the_cursor_stands_still(tiny: Solr) -> None:
    query = Query("mp", fields=("mp_id",))
    first = tiny.page(query, "mp_id", 60, FIRST_CURSOR)
    second = tiny.page(query, "mp_id", 60, first.next_cursor)
    end = tiny.page(query, "mp_id", 60, second.next_cursor)

    assert first.num_found == tiny.count(query) == len(first.documents) + len(second.documents)
    assert (end.documents, end.next_cursor) == ([], second.next_cursor)


def test_the_index_tells_its_key_and_which_fields_have_several_values(tiny: Solr) -> None:
    schema = tiny.schema("experiment")

    assert schema is not None
    assert schema.unique_key == "id"
    assert (schema.types["metadata"], schema.types["data_point"]) == ("string[]", "pdouble")


def test_where_the_schema_is_closed_the_index_is_asked_about_its_fields(serving, reply, connection, tiny) -> None:
    for closed in (reply(403), reply(404), reply(503), reply(body=b"<html>Sign in</html>")):
        with serving(lambda *_, closed=closed: closed) as server:
            assert Solr(connection, server.url).schema("experiment") is None

    assert tiny.has_field("experiment", "sex")
    assert not tiny.has_field("experiment", "colour")
    assert tiny.unique_key("mp", ["doc_id", "mp_term", "mp_id"]) == "mp_id"
    with pytest.raises(RefusedQueryError, match=r"mp: no field to sort its pages by .* sources\.yml.*uniqueKey"):
        tiny.unique_key("mp", ["mp_term"])


@pytest.mark.parametrize(
    ("bad", "times"),
    [
        (b"<!DOCTYPE html><html>busy</html>", 2),
        (answer(numFound=1, docs=DOCS)[:-9], 3),
        (json.dumps({"responseHeader": {"partialResults": True}, "response": {"numFound": 1, "docs": []}}).encode(), 1),
        (b"[]", 1),
        (b'{"error": "none of ours"}', 1),
    ],
)
def test_what_is_no_whole_answer_is_asked_for_again(serving, reply, connection, bad: bytes, times: int) -> None:
    good = answer(numFound=1, docs=DOCS)
    with serving(lambda _, number: reply(body=bad if number <= times else good)) as server:
        page = Solr(connection, server.url).page(Query("experiment"), "id", 10, FIRST_CURSOR)

    assert page.documents == DOCS
    assert len(server.asked) == times + 1


def test_an_answer_that_stays_broken_names_its_beginning_and_the_remedy(serving, reply, connection) -> None:
    with (
        serving(lambda *_: reply(body=b"<html>Sign in</html>")) as server,
        pytest.raises(HarvestError, match=r"begins with b'<html>Sign in.*run harvest again to go on"),
    ):
        Solr(connection, server.url).count(Query("experiment"))


def test_a_refusal_is_told_in_the_words_of_solr_and_not_asked_again(serving, reply, connection) -> None:
    told = json.dumps({"error": {"msg": "undefined field colour", "code": 400}}).encode()
    with (
        serving(lambda *_: reply(400, told)) as server,
        pytest.raises(RefusedQueryError, match="experiment: SOLR refuses colour:red: undefined field colour"),
    ):
        Solr(connection, server.url).count(Query("experiment", "colour:red"))

    assert len(server.asked) == 1


def test_a_question_that_is_too_long_says_so(serving, reply, connection) -> None:
    with serving(lambda *_: reply(414)) as server, pytest.raises(RefusedQueryError, match="ask in several harvests"):
        Solr(connection, server.url).count(Query("experiment", "x" * 900))


def test_a_server_without_cursors_is_not_harvested(serving, reply, connection) -> None:
    content = json.dumps({"response": {"numFound": 1, "docs": DOCS}}).encode()
    with serving(lambda *_: reply(body=content)) as server, pytest.raises(HarvestError, match="it knows no cursors"):
        Solr(connection, server.url).page(Query("experiment"), "id", 10, FIRST_CURSOR)


def test_a_core_that_is_not_there_is_named(serving, reply, connection) -> None:
    with (
        serving(lambda *_: reply(404)) as server,
        pytest.raises(HarvestError, match="experiment: there is no such core"),
    ):
        Solr(connection, server.url).count(Query("experiment"))


def test_a_page_asks_for_its_rows_fields_filters_and_a_unique_sort(serving, reply, connection) -> None:
    with serving(lambda *_: reply(body=answer(numFound=1, docs=DOCS))) as server:
        query = Query("experiment", 'parameter_name:"Fat mass"', ("sex:male",), ("id", "sex"))
        Solr(connection, server.url).page(query, "id", 500, "abc")

    asked = parse_qs(urlsplit(server.asked[0].path).query)
    assert {name: values[0] for name, values in asked.items()} == {
        "q": 'parameter_name:"Fat mass"',
        "fq": "sex:male",
        "fl": "id,sex",
        "sort": "id asc",
        "rows": "500",
        "cursorMark": "abc",
        "wt": "json",
    }
