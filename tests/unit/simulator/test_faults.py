from http import HTTPStatus

import httpx
import pytest

from muster.simulator.faults import Fault, Faults
from muster.simulator.server import running

CONTENT = bytes(range(256)) * 100


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a.gz").write_bytes(CONTENT)
    return tmp_path / "site"


def test_a_fault_meets_the_requests_it_counts() -> None:
    third = Fault("*/a.gz", "GET", requests=[3])
    faults = Faults([third])

    asked = [
        ("GET", "/x/a.gz"),
        ("HEAD", "/x/a.gz"),
        ("GET", "/b.gz"),
        ("GET", "/a.gz"),
        ("GET", "/a.gz"),
        ("GET", "/a.gz"),
    ]
    met = [faults.meet(*request) for request in asked]

    assert met == [None, None, None, None, third, None]


def test_the_first_fault_declared_for_a_request_wins() -> None:
    first, second = Fault("*.gz", requests=[2]), Fault("*")

    faults = Faults([first, second])

    assert [faults.meet("GET", "/a.gz") for _ in range(3)] == [second, first, second]


def test_a_status_comes_with_its_headers_and_no_file(folder) -> None:
    fault = Fault("/a.gz", status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": "7"})

    with running(folder, faults=[fault]) as url:
        answer = httpx.get(f"{url}/a.gz")

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert CONTENT not in answer.content


def test_headers_are_replaced_or_left_out(folder) -> None:
    with running(folder, faults=[Fault(headers={"ETag": '"x"', "Last-Modified": None})]) as url:
        answer = httpx.head(f"{url}/a.gz")

    assert answer.headers["ETag"] == '"x"'
    assert "Last-Modified" not in answer.headers


def test_another_body_has_its_own_length(folder) -> None:
    with running(folder, faults=[Fault(body=lambda content: content[:10] + b"!")]) as url:
        answer = httpx.get(f"{url}/a.gz")

    assert answer.content == CONTENT[:10] + b"!"
    assert answer.headers["Content-Length"] == "11"


def test_something_may_happen_before_an_answer(folder) -> None:
    with running(folder, faults=[Fault(before=lambda: (folder / "a.gz").write_bytes(b"new"))]) as url:
        assert httpx.get(f"{url}/a.gz").content == b"new"
