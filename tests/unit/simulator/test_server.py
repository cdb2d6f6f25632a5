"""The mirror server does what a download site does: listings, ETag, ranges, and cuts when told to."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from muster.simulator.faults import Fault
from muster.simulator.server import running

CONTENT = bytes(range(256)) * 1000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site" / "results").mkdir(parents=True)
    (tmp_path / "site" / "results" / "big.csv.gz").write_bytes(CONTENT)
    (tmp_path / "secret.txt").write_text("not for you")
    return tmp_path / "site"


@pytest.fixture
def client(folder: Path) -> Iterator[httpx.Client]:
    with running(folder) as url, httpx.Client(base_url=url) as client:
        yield client


def test_a_file_comes_whole_with_its_facts(client: httpx.Client) -> None:
    answer = client.get("/results/big.csv.gz")

    assert answer.content == CONTENT
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["ETag"].startswith('"')
    assert answer.headers["Last-Modified"].endswith("GMT")


def test_head_tells_the_size_without_the_bytes(client: httpx.Client) -> None:
    answer = client.head("/results/big.csv.gz")

    assert (answer.headers["Content-Length"], answer.content) == ("256000", b"")


def test_a_range_continues_where_it_stopped(client: httpx.Client) -> None:
    etag = client.head("/results/big.csv.gz").headers["ETag"]

    answer = client.get("/results/big.csv.gz", headers={"Range": "bytes=1000-", "If-Range": etag})

    assert (answer.status_code, answer.headers["Content-Range"]) == (206, "bytes 1000-255999/256000")
    assert answer.content == CONTENT[1000:]


@pytest.mark.parametrize(("asked", "expected"), [("bytes=5-9", CONTENT[5:10]), ("bytes=-7", CONTENT[-7:])])
def test_ranges_may_have_an_end_or_only_an_end(client: httpx.Client, asked: str, expected: bytes) -> None:
    answer = client.get("/results/big.csv.gz", headers={"Range": asked})

    assert (answer.status_code, answer.content) == (206, expected)


def test_a_file_that_changed_is_sent_from_its_start(client: httpx.Client) -> None:
    answer = client.get("/results/big.csv.gz", headers={"Range": "bytes=1000-", "If-Range": '"old"'})

    assert (answer.status_code, answer.content) == (200, CONTENT)


def test_a_range_beyond_the_end_is_refused(client: httpx.Client) -> None:
    answer = client.get("/results/big.csv.gz", headers={"Range": "bytes=256000-"})

    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */256000")


def test_an_unchanged_file_is_not_sent_again(client: httpx.Client) -> None:
    etag = client.head("/results/big.csv.gz").headers["ETag"]

    answer = client.get("/results/big.csv.gz", headers={"If-None-Match": etag})

    assert (answer.status_code, answer.content) == (304, b"")


def test_the_etag_follows_the_bytes(client: httpx.Client, folder: Path) -> None:
    before = client.head("/results/big.csv.gz").headers["ETag"]
    (folder / "results/big.csv.gz").write_bytes(CONTENT + b"more")

    assert client.head("/results/big.csv.gz").headers["ETag"] != before


def test_a_folder_lists_its_content(client: httpx.Client) -> None:
    answer = client.get("/")

    assert '<a href="results/">results/</a>' in answer.text
    assert client.get("/results").status_code == 301


@pytest.mark.parametrize("place", ["/nothing.csv", "/..%2fsecret.txt", "/%2e%2e/secret.txt"])
def test_what_is_not_in_the_folder_is_not_found(client: httpx.Client, place: str) -> None:
    assert client.get(place).status_code == 404


def read_into(received: bytearray, client: httpx.Client, place: str) -> None:
    with client.stream("GET", place) as answer:
        for chunk in answer.iter_raw():
            received.extend(chunk)


def test_a_fault_cuts_the_connection_mid_file(folder: Path) -> None:
    faults = [Fault("*/big.csv.gz", requests=[1], cut=100_000)]

    with running(folder, faults=faults) as url, httpx.Client(base_url=url) as client:
        received = bytearray()
        with pytest.raises(httpx.TransportError):
            read_into(received, client, "/results/big.csv.gz")
        rest = client.get("/results/big.csv.gz", headers={"Range": f"bytes={len(received)}-"})

    assert len(received) == 100_000
    assert received + rest.content == CONTENT


def test_a_stopped_server_answers_nobody(folder: Path) -> None:
    with running(folder) as url:
        pass

    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
