"""A real HTTP server over a folder, with what a download site offers: listings, ETag, Last-Modified, ranges."""

import logging
import re
import socket
import struct
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.utils import formatdate
from hashlib import sha256
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from muster.simulator.faults import Fault, Faults
from muster.simulator.solr import answered_as_solr

logger = logging.getLogger(__name__)

#: The mirror has no clock: every file was last modified at the same moment.
LAST_MODIFIED = formatdate(1_548_288_000, usegmt=True)
CHUNK = 1 << 16
#: A reset overtakes what was sent just before it.
RESET_PAUSE = 0.05
TYPES = {".gz": "application/x-gzip", ".md": "text/markdown; charset=utf-8", ".json": "application/json"}


@dataclass(frozen=True)
class Answer:
    """What is sent, but for the body."""

    status: HTTPStatus
    headers: dict[str, str]
    start: int = 0
    length: int = 0


class MirrorServer(ThreadingHTTPServer):
    """Serves one folder; each request has its thread, none outlives the server."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], folder: Path, faults: Sequence[Fault] = ()) -> None:
        super().__init__(address, MirrorHandler)
        self.folder = folder.resolve()
        self.faults = Faults(faults)
        self.etags: dict[tuple[Path, int, int], str] = {}

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that hangs up is no fault of ours.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        """The address clients use, without a trailing slash."""
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"

    def etag(self, path: Path) -> str:
        """Return a strong ETag: it depends on the bytes alone, so that a mirror made again keeps it."""
        facts = path.stat()
        key = (path, facts.st_size, facts.st_mtime_ns)
        if key not in self.etags:
            self.etags[key] = f'"{sha256(path.read_bytes()).hexdigest()[:24]}"'
        return self.etags[key]


class MirrorHandler(BaseHTTPRequestHandler):
    """Answers GET and HEAD."""

    protocol_version = "HTTP/1.1"
    server: MirrorServer
    _fault: Fault | None = None

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        logger.debug(format, *args)

    def _answer(self, *, with_body: bool) -> None:
        if answered_as_solr(self, self.server.folder):
            return
        place = urlsplit(self.path).path
        self._fault = self.server.faults.meet(self.command, place)
        if self._fault and (failed := self._fault.failure()):
            self._send_page(failed, f"<h1>{failed.phrase}</h1>", with_body=with_body)
            return
        path = (self.server.folder / unquote(place).lstrip("/")).resolve()
        if not path.is_relative_to(self.server.folder) or not path.exists():
            self._send_page(HTTPStatus.NOT_FOUND, f"<h1>Not Found</h1>{escape(place)}", with_body=with_body)
        elif path.is_dir() and not place.endswith("/"):
            self._send_page(HTTPStatus.MOVED_PERMANENTLY, "", with_body=with_body, Location=f"{place}/")
        elif path.is_dir():
            self._send_page(HTTPStatus.OK, listing(path, unquote(place)), with_body=with_body)
        else:
            self._send_file(path, place, with_body=with_body)

    def _send_page(self, status: HTTPStatus, html: str, *, with_body: bool, **headers: str) -> None:
        body = html.encode()
        sizes = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
        self._send_headers(self._spoilt(Answer(status, {**sizes, **headers})))
        if with_body:
            self.wfile.write(body)

    def _send_file(self, path: Path, place: str, *, with_body: bool) -> None:
        answer = answer_for(path.stat().st_size, self.server.etag(path), dict(self.headers.items()))
        kind = TYPES.get(path.suffix, "image/jpeg" if "render_image" in place else "application/octet-stream")
        answer = replace(answer, headers={"Content-Type": kind, **answer.headers})
        self._send_headers(self._spoilt(answer, path))
        if with_body and answer.length:
            self._send_bytes(path, answer)

    def _spoilt(self, answer: Answer, path: Path | None = None) -> Answer:
        """Return the answer with the status and headers that its fault declares."""
        if self._fault is None:
            return answer
        headers: dict[str, str | None] = dict(answer.headers)
        if self._fault.body and path and answer.length:
            headers["Content-Length"] = str(len(self._fault.body(self._span(path, answer))))
        headers.update(self._fault.headers)
        kept = {name: value for name, value in headers.items() if value is not None}
        return replace(answer, status=self._fault.status or answer.status, headers=kept)

    def _send_headers(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _send_bytes(self, path: Path, answer: Answer) -> None:
        if self._fault and (self._fault.body or self._fault.cut is not None):
            self._send_spoilt_bytes(path, answer, self._fault)
            return
        left = answer.length
        with path.open("rb") as file:
            file.seek(answer.start)
            while left > 0 and (chunk := file.read(min(CHUNK, left))):
                self.wfile.write(chunk)
                left -= len(chunk)
        # Whoever was promised more than there is waits for it until the connection ends.
        self.close_connection = self.close_connection or bool(self._fault)

    def _send_spoilt_bytes(self, path: Path, answer: Answer, fault: Fault) -> None:
        content = self._span(path, answer)
        content = fault.body(content) if fault.body else content
        self.wfile.write(content[: fault.cut])
        self.close_connection = True
        if fault.cut is not None and fault.cut < len(content):
            # A reset, as of a server that died: no polite end of the stream.
            self.wfile.flush()
            time.sleep(RESET_PAUSE)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def _span(self, path: Path, answer: Answer) -> bytes:
        with path.open("rb") as file:
            file.seek(answer.start)
            return file.read(answer.length)


def answer_for(size: int, etag: str, request: dict[str, str]) -> Answer:
    """Return status, headers and the span of bytes for a file of `size` bytes.

    >>> answer_for(10, '"e"', {"Range": "bytes=4-"}).headers["Content-Range"]
    'bytes 4-9/10'
    """
    asked = {name.lower(): value for name, value in request.items()}
    headers = {"ETag": etag, "Last-Modified": LAST_MODIFIED, "Accept-Ranges": "bytes"}
    if asked.get("if-none-match") in (etag, "*"):
        return Answer(HTTPStatus.NOT_MODIFIED, headers)
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", asked.get("range", "").strip())
    is_current = asked.get("if-range", etag) in (etag, LAST_MODIFIED)
    if match is None or match.groups() == ("", "") or not is_current:
        return Answer(HTTPStatus.OK, {**headers, "Content-Length": str(size)}, 0, size)
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end:
        span = {"Content-Range": f"bytes */{size}", "Content-Length": "0"}
        return Answer(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {**headers, **span})
    span = {"Content-Range": f"bytes {start}-{end}/{size}", "Content-Length": str(end - start + 1)}
    return Answer(HTTPStatus.PARTIAL_CONTENT, {**headers, **span}, start, end - start + 1)


def listing(folder: Path, place: str) -> str:
    """Return the folder as an Apache-like page: parent, then names in order."""
    names = sorted(f"{path.name}/" if path.is_dir() else path.name for path in folder.iterdir())
    rows = "".join(f'<tr><td><a href="{quote(name)}">{escape(name)}</a></td></tr>\n' for name in names)
    title = f"Index of {escape(place)}"
    parent = '<tr><td><a href="../">Parent Directory</a></td></tr>\n'
    head = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>\n<h1>{title}</h1>\n"
    return f"{head}<table>\n{parent}{rows}</table>\n</body></html>\n"


def serve(folder: Path, port: int, host: str = "127.0.0.1") -> None:
    """Serve `folder` until interrupted."""
    with MirrorServer((host, port), folder) as server:
        logger.info("mirror of %s at %s (stop with Ctrl-C)", folder, server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            logger.info("mirror stopped")


@contextmanager
def running(folder: Path, port: int = 0, *, faults: Sequence[Fault] = ()) -> Iterator[str]:
    """Serve `folder` from a thread while the block runs; give the URL (port 0: any free one)."""
    with MirrorServer(("127.0.0.1", port), folder, faults) as server, in_background(server):
        yield server.url


@contextmanager
def in_background(server: MirrorServer) -> Iterator[None]:
    """Let `server` answer from a thread while the block runs."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
