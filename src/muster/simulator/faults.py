"""What may go wrong with the answers of the embedded mirror, declared: which request, and what it gets instead."""

import threading
import time
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from http import HTTPStatus


@dataclass(frozen=True)
class Fault:
    """One way to answer wrongly.

    `path` is a pattern (`*/viability.csv.gz`), `requests` counts the requests that match it from 1 on; without
    `requests` every one of them goes wrong.
    """

    path: str = "*"
    method: str = "*"
    requests: Container[int] | None = None
    before: Callable[[], object] | None = None
    """Something that happens before the answer: a file is replaced, the disk fills up."""
    delay: float = 0.0
    """Seconds until the answer begins."""
    status: HTTPStatus | None = None
    """The status, in place of ours; below 300 with our body, otherwise with a short page."""
    headers: dict[str, str | None] = field(default_factory=dict)
    """Headers in place of ours; None leaves one out."""
    body: Callable[[bytes], bytes] | None = None
    """What is sent in place of the bytes that were asked for; `Content-Length` follows unless `headers` says it."""
    cut: int | None = None
    """After how many bytes of the body the connection is reset."""

    def failure(self) -> HTTPStatus | None:
        """Let happen what is due before the answer; return its status where that is all that will be said."""
        if self.before:
            self.before()
        time.sleep(self.delay)
        return self.status if self.status and self.status >= HTTPStatus.MULTIPLE_CHOICES else None


class Faults:
    """The faults of one server, each with the number of requests that met it."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self.faults = tuple(faults)
        self._met = [0] * len(self.faults)
        self._lock = threading.Lock()

    def meet(self, method: str, path: str) -> Fault | None:
        """Return how this request goes wrong (the first fault declared for it), None where it does not."""
        with self._lock:
            chosen = None
            for place, fault in enumerate(self.faults):
                if fnmatch(path, fault.path) and fnmatch(method, fault.method):
                    self._met[place] += 1
                    if chosen is None and (fault.requests is None or self._met[place] in fault.requests):
                        chosen = fault
            return chosen
