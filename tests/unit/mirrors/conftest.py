"""A server that answers as a test says, and remembers what it was asked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from muster.mirrors.connection import Connection


@dataclass
class Reply:
    """An answer; `sent` is how much of the body goes out before the connection is cut."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    sent: int | None = None


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]


@dataclass
class Server:
    url: str
    asked: list[Asked]


Script = Callable[[Asked, int], Reply]


@contextmanager
def _serving(script: Script) -> Iterator[Server]:
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            request = Asked(self.command, self.path, dict(self.headers.items()))
            asked.append(request)
            reply = script(request, len(asked))
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else reply.body[: reply.sent])

        def log_message(self, *_: object) -> None:
            pass

    for method in ("GET", "HEAD"):
        setattr(Handler, f"do_{method}", Handler.answer)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield Server(f"http://127.0.0.1:{server.server_address[1]}", asked)
        server.shutdown()


@pytest.fixture
def serving() -> Callable[[Script], object]:
    return _serving


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    monkeypatch.setattr("muster.mirrors.patience.LONGEST_WAIT", 0.01)
    with Connection(10_000) as open_connection:
        yield open_connection
