"""One run at a time: a lock that ends with its process, however that ends."""

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class BusyError(RuntimeError):
    """Another process does the same thing now."""


@contextmanager
def exclusive(path: Path, doing: str) -> Iterator[None]:
    """Hold the lock file `path` alone while the block runs.

    Raises:
        BusyError: names what is being done, the process that does it, its machine and since when.
    """
    with _held(path, doing, fcntl.LOCK_EX):
        yield


@contextmanager
def shared(path: Path, doing: str) -> Iterator[None]:
    """Hold the lock file `path` while the block runs, with others who share it but with nobody who wants it alone.

    Raises:
        BusyError: as `exclusive` does.
    """
    with _held(path, doing, fcntl.LOCK_SH):
        yield


@contextmanager
def _held(path: Path, doing: str, kind: int) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "that just began"
            raise BusyError(f"{doing} is under way in process {holder}: wait for it or stop it") from None
        lock.truncate(0)
        now = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
        lock.write(f"{os.getpid()} on {socket.gethostname()} since {now}")
        lock.flush()
        # The file stays: another process may wait for this very one.
        yield
