"""What a mirror must not make us do: read files of this machine, or join the bytes of two files."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from muster.mirrors.connection import Connection, StoppedError
from muster.mirrors.discovery import as_url
from muster.mirrors.partial import Remote
from muster.mirrors.patience import TransferError

CONTENT = bytes(range(256)) * 1000


@pytest.mark.parametrize("there", ["file:///etc/passwd", "file://localhost/etc/passwd", "ftp://m/x"])
def test_a_redirect_away_from_the_web_is_not_followed(serving, reply, connection, there: str) -> None:
    with (
        serving(lambda *_: reply(302, b"", {"Location": there})) as server,
        pytest.raises(TransferError, match="no web address: it is not followed"),
    ):
        connection.content(f"{server.url}/README.md")

    assert len(server.asked) == 1


def test_a_redirect_on_the_web_is_followed(serving, reply, connection) -> None:
    def script(asked, _):
        return reply(200, b"here") if asked.path == "/b" else reply(302, b"", {"Location": "/b"})

    with serving(script) as server:
        assert connection.content(f"{server.url}/a") == b"here"


def test_only_the_folder_of_the_mirror_is_read(tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "a").write_bytes(b"ours")
    (tmp_path / "secret").write_bytes(b"not ours")
    place = as_url(f"file:{tmp_path}/mirror")

    with Connection(1000, folders=[tmp_path / "mirror"]) as narrow:
        assert narrow.content(f"{place}/a") == b"ours"
        assert narrow.content(f"{place}/../secret") is None
        assert narrow.content(f"{place}/%2e%2e/secret") is None
        assert narrow.content(as_url(f"file:{tmp_path}/secret")) is None


def test_bytes_of_another_version_are_not_joined_by_a_server_that_overlooks_if_range(
    serving, reply, connection, tmp_path: Path
) -> None:
    newer = CONTENT[::-1]

    def script(asked, number):
        if number == 1:
            return reply(200, CONTENT, {"ETag": '"one"'}, 100_000)
        if "Range" not in asked.headers:
            return reply(200, newer, {"ETag": '"two"'})
        start = int(asked.headers["Range"].removeprefix("bytes=").rstrip("-"))
        span = {"ETag": '"two"', "Content-Range": f"bytes {start}-{len(newer) - 1}/{len(newer)}"}
        return reply(206, newer[start:], span)

    with serving(script) as server:
        served = connection.download(Remote("a.gz", f"{server.url}/a.gz"), tmp_path / "a.gz")

    assert (tmp_path / "a.gz").read_bytes() == newer
    assert served.etag == '"two"'


def test_no_more_requests_are_under_way_than_the_mirror_allows(serving, reply) -> None:
    now, most, lock = 0, 0, threading.Lock()

    def script(*_):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.05)
        with lock:
            now -= 1
        return reply(200, b"x")

    with serving(script) as server, Connection(10_000, at_once=3) as shared, ThreadPoolExecutor(10) as pool:
        assert set(pool.map(shared.content, [server.url] * 12)) == {b"x"}

    assert most == 3


def test_a_stopped_connection_ends_at_the_next_byte_and_keeps_what_came(
    serving, reply, connection, tmp_path: Path
) -> None:
    with serving(lambda *_: reply(200, CONTENT, {"ETag": '"one"'})) as server, pytest.raises(StoppedError):
        connection.download(Remote("a", f"{server.url}/a"), tmp_path / "a", lambda _: connection.stop())

    assert (tmp_path / "a.part").stat().st_size > 0
    assert not (tmp_path / "a").exists()


def test_a_mirror_without_etag_is_resumed_by_its_date(serving, reply, connection, tmp_path: Path) -> None:
    date = "Thu, 24 Jan 2019 00:00:00 GMT"

    def script(asked, number):
        if number == 1:
            return reply(200, CONTENT, {"Last-Modified": date}, 100_000)
        span = {"Last-Modified": date, "Content-Range": f"bytes 100000-{len(CONTENT) - 1}/{len(CONTENT)}"}
        return reply(206, CONTENT[100_000:], span)

    with serving(script) as server:
        connection.download(Remote("a", f"{server.url}/a"), tmp_path / "a")

    assert (tmp_path / "a").read_bytes() == CONTENT
    assert server.asked[1].headers["If-Range"] == date
