"""Getting files from a mirror: paced, patient, resumed by Range, the same for HTTP and local folders."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urljoin

import httpx

from muster.mirrors.local_files import FolderTransport
from muster.mirrors.partial import PartialFile, Remote, described
from muster.mirrors.patience import Answer, TransferError, patiently

GONE = frozenset({404, 410})
RANGE_NOT_SATISFIABLE = 416
LARGEST_PAGE = 64 << 20


class StoppedError(RuntimeError):
    """Another download failed, so this one was not finished; what came is kept."""


class Connection:
    """A connection to one mirror: keeps its pace, waits and tries again where that can help.

    Threads may share it; no more than `at_once` requests are under way. `folders` are those that `file:` addresses may
    reach into (None: any): an image record or a redirect must not make us read other files of this machine.
    """

    def __init__(
        self,
        requests_per_second: float,
        *,
        at_once: int = 4,
        folders: Sequence[Path] | None = None,
        attempts: int | None = None,
    ) -> None:
        # Who waits for a connection waits for a download of unknown length.
        timeout = httpx.Timeout(60, connect=20, pool=None)
        # identity: a compressing proxy would change the bytes and make Range meaningless.
        headers = {"Accept-Encoding": "identity", "User-Agent": "muster"}
        self._http = httpx.Client(
            headers=headers,
            timeout=timeout,
            mounts={"file://": FolderTransport(folders)},
            event_hooks={"response": [_stay_on_the_web]},
            follow_redirects=True,
        )
        self.at_once = at_once
        self._attempts = attempts
        self._slots = threading.BoundedSemaphore(at_once)
        self._pause = 1 / requests_per_second
        self._next = 0.0
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def stop(self) -> None:
        """Let whatever other threads are fetching end at its next byte; nothing can be asked for any more."""
        self._stopped.set()

    def describe(self, path: str, url: str) -> Remote | None:
        """Return what the mirror says of a file, None where it has none."""

        def ask() -> Remote | None:
            with self._open("HEAD", url) as answer:
                return None if answer.status_code in GONE else described(path, url, answer)

        return self._patiently(url, ask)

    def content(self, url: str) -> bytes | None:
        """Return a small file whole, None where there is none.

        Raises:
            TransferError: it is larger than a page or a list can be.
        """

        def ask() -> bytes | None:
            with self._open("GET", url) as answer:
                return None if answer.status_code in GONE else _small(answer)

        return self._patiently(url, ask)

    def answered(self, url: str, read: Callable[[httpx.Response], Answer]) -> Answer:
        """Return what `read` makes of the answer to a GET, tried again as every other request is.

        `read` raises an `httpx.TransportError` for what came unusable on the way.
        """

        def ask() -> Answer:
            with self._open("GET", url) as answer:
                return read(answer)

        return self._patiently(url, ask)

    def names(self, folder_url: str) -> list[str] | None:
        """Return the names in a folder (folders end in `/`), sorted; None where there is no such folder."""
        page = self.content(folder_url)
        return None if page is None else listed_names(folder_url, page.decode(errors="replace"))

    def download(self, remote: Remote, target: Path, tell: Callable[[int], None] = lambda _: None) -> Remote:
        """Write `remote` to `target`, going on where an earlier try stopped; return it as it was served.

        `tell` is called with the size of each block that comes.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        part = PartialFile(target)
        served = self._patiently(remote.url, lambda: self._go_on(remote, part, tell), part.size)
        part.finish(target)
        return served

    def _patiently(self, url: str, ask: Callable[[], Answer], size: Callable[[], int] = lambda: 0) -> Answer:
        return patiently(url, ask, size, attempts=self._attempts, sleep=self._stopped.wait)

    def _go_on(self, remote: Remote, part: PartialFile, tell: Callable[[int], None]) -> Remote:
        start = part.size() if part.validator() else 0
        headers = {"Range": f"bytes={start}-", "If-Range": part.validator()} if start else {}
        with self._open("GET", remote.url, headers) as answer:
            if answer.status_code in GONE:
                raise TransferError(f"{remote.url}: gone while it was fetched; run fetch again", answer.status_code)
            if answer.status_code == RANGE_NOT_SATISFIABLE:
                return part.completed(remote, answer)
            served = part.begin(remote, answer, start)
            with part.path.open("ab") as file:
                # Blocks as they come: a fixed size would lose what waits for its block to fill when the line is cut.
                for block in answer.iter_raw():
                    file.write(block)
                    tell(len(block))
                    self._go_on_only_if_wanted(remote.url)
        if served.bytes is not None and part.size() != served.bytes:
            raise httpx.ReadError(f"{remote.url}: {part.size():,} of {served.bytes:,} bytes came")
        return replace(served, bytes=part.size())

    @contextmanager
    def _open(self, method: str, url: str, headers: dict[str, str] | None = None) -> Iterator[httpx.Response]:
        with self._slots:
            self._keep_pace()
            self._go_on_only_if_wanted(url)
            with self._http.stream(method, url, headers=headers) as answer:
                if answer.is_error and answer.status_code not in GONE | {RANGE_NOT_SATISFIABLE}:
                    # What a server says about a question it refuses stands in the body.
                    answer.read()
                    answer.raise_for_status()
                yield answer

    def _keep_pace(self) -> None:
        with self._lock:
            now = time.monotonic()
            due = max(self._next, now)
            self._next = due + self._pause
        self._stopped.wait(due - now)

    def _go_on_only_if_wanted(self, url: str) -> None:
        if self._stopped.is_set():
            raise StoppedError(f"{url}: not finished, because another download failed; what came is kept")


def _small(answer: httpx.Response) -> bytes:
    content = bytearray()
    for block in answer.iter_bytes():
        content += block
        if len(content) > LARGEST_PAGE:
            raise TransferError(f"{answer.request.url}: more than {LARGEST_PAGE:,} bytes where a page was expected")
    return bytes(content)


def _stay_on_the_web(answer: httpx.Response) -> None:
    if not answer.has_redirect_location:
        return
    there = urljoin(str(answer.request.url), answer.headers["Location"])
    if not there.startswith(("http://", "https://")):
        raise TransferError(f"{answer.request.url}: sends us to {there}, which is no web address: it is not followed")


def listed_names(folder_url: str, page: str) -> list[str]:
    """Return the names a listing page links to directly below its folder.

    >>> listed_names("http://m/r/", '<a href="../">up</a> <a href="a%20b.gz">x</a> <a href="/r/c/">y</a>')
    ['a b.gz', 'c/']
    """
    base = folder_url.rstrip("/") + "/"
    links = {urljoin(base, link) for link in re.findall(r'href="([^"?#]+)"', page, re.IGNORECASE)}
    names = {unquote(link.removeprefix(base)) for link in links if link.startswith(base)}
    return sorted(name for name in names if re.fullmatch(r"[^/]+/?", name))
