"""The embedded SOLR behaves as the real one where that bites: ten rows, dropped fields, cursors, refusals."""

from collections.abc import Iterator

import httpx
import pytest


@pytest.fixture
def solr(tiny_mirror) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{tiny_mirror.url}/solr/", timeout=30) as client:
        yield client


def ask(solr: httpx.Client, core: str, **parameters: str) -> dict:
    return solr.get(f"{core}/select", params=parameters).raise_for_status().json()


def refusal(solr: httpx.Client, core: str, **parameters: str) -> str:
    answer = solr.get(f"{core}/select", params=parameters)
    assert answer.status_code == 400
    return answer.json()["error"]["msg"]


def test_ten_rows_come_unless_more_are_asked_for(solr: httpx.Client) -> None:
    response = ask(solr, "experiment", q="*:*")["response"]

    assert len(response["docs"]) == 10
    assert response["numFound"] == 34_575


def test_a_misspelt_field_is_left_out_without_a_word(solr: httpx.Client) -> None:
    documents = ask(solr, "experiment", q="*:*", fl="sex,colour")["response"]["docs"]

    assert {name for document in documents for name in document} == {"sex"}


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("gene_accession_id:MGI:1", 'Encountered " ":" "'),
        ("parameter_name:Fat mass", "no field name specified in query"),
        ("colour:red", "undefined field colour"),
        ("age_in_weeks:young", "Invalid Number: young"),
        ("sex:(male", "SyntaxError"),
        ("(sex:male", "SyntaxError"),
        ("sex:male)", "SyntaxError"),
    ],
)
def test_what_cannot_be_parsed_is_refused(solr: httpx.Client, query: str, reason: str) -> None:
    assert reason in refusal(solr, "experiment", q=query)


def test_a_cursor_needs_the_unique_key_and_no_start(solr: httpx.Client) -> None:
    assert "uniqueKey" in refusal(solr, "experiment", q="*:*", cursorMark="*", sort="sex asc")
    assert "uniqueKey" in refusal(solr, "experiment", q="*:*", cursorMark="*")
    assert "can't be found: colour" in refusal(solr, "experiment", q="*:*", cursorMark="*", sort="colour asc")
    assert "start=0" in refusal(solr, "experiment", q="*:*", cursorMark="*", sort="id asc", start="5")
    assert "Unable to parse 'cursorMark'" in refusal(solr, "experiment", q="*:*", cursorMark="%", sort="id asc")


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ("sex:male sex:female", "*:*"),
        ("sex:(male OR female)", "sex:*"),
        ("-sex:male", "NOT sex:male"),
        ("sex:male AND age_in_weeks:[12 TO 14]", "age_in_weeks:(12 OR 13 OR 14) AND sex:male"),
        ("age_in_weeks:{12 TO 14}", "age_in_weeks:13"),
        ('parameter_name:"Fat mass"', "parameter_name:Fat*mass"),
    ],
)
def test_queries_that_mean_the_same_find_the_same(solr: httpx.Client, query: str, same: str) -> None:
    found = ask(solr, "experiment", q=query, rows="0")["response"]["numFound"]

    assert found == ask(solr, "experiment", q=same, rows="0")["response"]["numFound"] > 0


def test_filters_narrow_a_query_and_lists_are_searched_by_value(solr: httpx.Client) -> None:
    images = ask(solr, "impc_images", q="*:*", fq='metadata:"Equipment manufacturer = Faxitron"', rows="500")[
        "response"
    ]

    assert 0 < images["numFound"] < 134
    assert all("Equipment manufacturer = Faxitron" in document["metadata"] for document in images["docs"])


def test_start_and_rows_page_too(solr: httpx.Client) -> None:
    whole = ask(solr, "mp", q="*:*", rows="20")["response"]["docs"]

    assert ask(solr, "mp", q="*:*", rows="10", start="10")["response"]["docs"] == whole[10:]


def test_another_core_is_not_found(solr: httpx.Client) -> None:
    assert solr.get("gene/select?q=*:*").status_code == 404
    assert solr.get("../solr/mp/update").status_code == 404
