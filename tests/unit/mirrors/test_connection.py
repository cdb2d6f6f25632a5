import time
from pathlib import Path

import pytest

from muster.mirrors.connection import Connection
from muster.mirrors.partial import Remote
from muster.mirrors.patience import TransferError

CONTENT = bytes(range(256)) * 1000
ETAG = '"one"'


def ranged(asked, reply, content: bytes = CONTENT, etag: str = ETAG, sent: int | None = None):
    """Answer as a server that knows ranges."""
    start = int(asked.headers["Range"].removeprefix("bytes=").rstrip("-")) if "Range" in asked.headers else 0
    if not start or asked.headers.get("If-Range") != etag:
        return reply(200, content, {"ETag": etag}, sent)
    if start >= len(content):
        return reply(416, b"", {"ETag": etag, "Content-Range": f"bytes */{len(content)}"})
    span = {"ETag": etag, "Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
    return reply(206, content[start:], span, sent)


def test_a_download_that_is_cut_goes_on_where_it_stopped(serving, reply, connection, tmp_path: Path) -> None:
    cuts = {1: 100_000, 2: 50_000}

    with serving(lambda asked, number: ranged(asked, reply, sent=cuts.get(number))) as server:
        served = connection.download(Remote("a.gz", f"{server.url}/a.gz"), tmp_path / "a.gz")

    assert (tmp_path / "a.gz").read_bytes() == CONTENT
    assert served.bytes == len(CONTENT)
    assert served.etag == ETAG
    assert [asked.headers.get("Range") for asked in server.asked] == [None, "bytes=100000-", "bytes=150000-"]
    assert server.asked[1].headers["If-Range"] == ETAG
    assert [path.name for path in tmp_path.iterdir()] == ["a.gz"]


def test_a_file_that_changes_meanwhile_is_fetched_from_its_first_byte(
    serving, reply, connection, tmp_path: Path
) -> None:
    newer = CONTENT[::-1]

    def script(asked, number):
        return ranged(asked, reply, sent=100_000) if number == 1 else ranged(asked, reply, newer, '"two"')

    with serving(script) as server:
        served = connection.download(Remote("a.gz", f"{server.url}/a.gz"), tmp_path / "a.gz")

    assert (tmp_path / "a.gz").read_bytes() == newer
    assert served.etag == '"two"'


def test_a_download_goes_on_in_a_later_process(serving, reply, connection, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("muster.mirrors.patience.ATTEMPTS", 1)
    remote = "a.gz"
    with (
        serving(lambda asked, _: ranged(asked, reply, sent=0 if "Range" in asked.headers else 70_000)) as server,
        pytest.raises(TransferError, match="run fetch again to go on"),
    ):
        connection.download(Remote(remote, f"{server.url}/a.gz"), tmp_path / "a.gz")
    assert (tmp_path / "a.gz.part").stat().st_size == 70_000

    with serving(lambda asked, _: ranged(asked, reply)) as server, Connection(1000) as later:
        later.download(Remote(remote, f"{server.url}/a.gz"), tmp_path / "a.gz")

    assert (tmp_path / "a.gz").read_bytes() == CONTENT
    assert server.asked[0].headers["Range"] == "bytes=70000-"


def test_a_part_that_was_whole_already_is_taken_as_it_is(serving, reply, connection, tmp_path: Path) -> None:
    (tmp_path / "a.gz.part").write_bytes(CONTENT)
    (tmp_path / "a.gz.part.json").write_text('{"etag": "\\"one\\"", "last_modified": null}')

    with serving(lambda asked, _: ranged(asked, reply)) as server:
        connection.download(Remote("a.gz", f"{server.url}/a.gz", len(CONTENT), ETAG), tmp_path / "a.gz")

    assert (tmp_path / "a.gz").read_bytes() == CONTENT
    assert len(server.asked) == 1


def test_bytes_of_another_range_than_asked_for_are_not_joined(serving, reply, connection, tmp_path: Path) -> None:
    def script(asked, number):
        if number == 1:
            return ranged(asked, reply, sent=100_000)
        wrong = {"ETag": ETAG, "Content-Range": f"bytes 5-{len(CONTENT) - 1}/{len(CONTENT)}"}
        return reply(206, CONTENT[5:], wrong) if "Range" in asked.headers else reply(200, CONTENT, {"ETag": ETAG})

    with serving(script) as server:
        connection.download(Remote("a.gz", f"{server.url}/a.gz"), tmp_path / "a.gz")

    assert (tmp_path / "a.gz").read_bytes() == CONTENT


def test_a_busy_mirror_is_asked_again_when_it_says(serving, reply, connection) -> None:
    def script(_, number):
        return reply(503, headers={"Retry-After": "1"}) if number == 1 else reply(200, b"here")

    with serving(script) as server:
        start = time.monotonic()
        content = connection.content(f"{server.url}/README.md")

    assert content == b"here"
    assert time.monotonic() - start >= 1


def test_a_mirror_that_stays_broken_is_named_with_its_answer(serving, reply, connection) -> None:
    with serving(lambda *_: reply(500)) as server, pytest.raises(TransferError, match="answered 500") as raised:
        connection.content(f"{server.url}/README.md")

    assert raised.value.status == 500
    assert len(server.asked) == 6


def test_a_forbidden_file_is_not_asked_for_again(serving, reply, connection) -> None:
    with serving(lambda *_: reply(403)) as server, pytest.raises(TransferError, match="403"):
        connection.describe("a.gz", f"{server.url}/a.gz")

    assert len(server.asked) == 1


def test_what_is_not_there_is_none(serving, reply, connection) -> None:
    with serving(lambda *_: reply(404)) as server:
        assert connection.describe("a.gz", f"{server.url}/a.gz") is None
        assert connection.content(f"{server.url}/a.gz") is None
        assert connection.names(f"{server.url}/folder/") is None


def test_requests_keep_the_pace_of_the_mirror(serving, reply) -> None:
    with serving(lambda *_: reply(200, b"")) as server, Connection(20) as paced:
        start = time.monotonic()
        for _ in range(5):
            paced.content(server.url)

    assert time.monotonic() - start >= 0.2


def test_a_page_that_does_not_end_is_not_read_to_its_end(serving, reply, connection, monkeypatch) -> None:
    monkeypatch.setattr("muster.mirrors.connection.LARGEST_PAGE", 1000)

    with (
        serving(lambda *_: reply(200, b"x" * 1001)) as server,
        pytest.raises(TransferError, match=r"README\.md: more than 1,000 bytes"),
    ):
        connection.content(f"{server.url}/README.md")
