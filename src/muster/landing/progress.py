"""How far the downloads of a release are, said now and then while they last."""

import logging
import threading
import time

from muster.limits import size

logger = logging.getLogger(__name__)

EVERY_SECONDS = 20.0


class Progress:
    """Counts the bytes that come over all threads and logs how long the rest will take."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.came = 0
        self._began = self._told = time.monotonic()
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        """Count bytes that came."""
        with self._lock:
            self.came += count
            now = time.monotonic()
            if now - self._told >= EVERY_SECONDS:
                self._told = now
                logger.info("fetch: %s", self.line(now - self._began))

    def line(self, seconds: float) -> str:
        """Return how much came, how fast, and how long the rest takes at that pace.

        >>> progress = Progress(4_000_000_000)
        >>> progress.add(1_000_000_000)
        >>> progress.line(50.0)
        '1.0 GB of 4.0 GB, 20.0 MB/s, 150 s to go'
        """
        pace = self.came / max(seconds, 0.001)
        # The mirror need not announce the size of every file.
        left = max(self.total - self.came, 0) / pace if pace else 0
        return f"{size(self.came)} of {size(self.total)}, {size(pace)}/s, {left:.0f} s to go"
