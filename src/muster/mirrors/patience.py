"""Trying again where that can help: a server that is busy or restarts, a line that was cut."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")

ATTEMPTS = 6
LONGEST_WAIT = 30.0
LONGEST_RETRY_AFTER = 600.0
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class TransferError(RuntimeError):
    """A mirror did not give what was asked for; `status` is its last answer, None where there was none."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


def patiently(
    url: str,
    ask: Callable[[], Answer],
    size: Callable[[], int] = lambda: 0,
    *,
    attempts: int | None = None,
    sleep: Callable[[float], bool | None] = time.sleep,
) -> Answer:
    """Return what `ask` returns; `size` tells how much came so far, for whatever comes piece by piece.

    Raises:
        TransferError: names the URL and the last reason.
    """
    best = size()
    wasted = 0

    def is_hopeless(_state: RetryCallState) -> bool:
        # A long file over a bad line may be cut often: only tries that brought nothing new count.
        nonlocal best, wasted
        wasted = 0 if size() > best else wasted + 1
        best = max(best, size())
        return wasted >= (attempts or ATTEMPTS)

    def pause(seconds: float) -> None:
        sleep(seconds)

    retrying = Retrying(
        retry=retry_if_exception(_is_passing),
        stop=is_hopeless,
        wait=lambda _state: _pause(_state, wasted),
        before_sleep=lambda state: logger.warning("%s: %s; trying again", url, _reason(_error(state))),
        sleep=pause,
        reraise=True,
    )
    try:
        return retrying(ask)
    except httpx.HTTPError as error:
        status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else None
        raise TransferError(f"{url}: {_reason(error)}; what came is kept: run fetch again to go on", status) from error


def _is_passing(error: BaseException) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in PASSING
    return isinstance(error, httpx.TransportError) and not isinstance(error, httpx.UnsupportedProtocol)


def _pause(state: RetryCallState, wasted: int) -> float:
    error = _error(state)
    asked = error.response.headers.get("Retry-After", "") if isinstance(error, httpx.HTTPStatusError) else ""
    seconds = retry_after(asked, datetime.now(UTC))
    return min(0.5 * 2.0**wasted, LONGEST_WAIT) if seconds is None else min(seconds, LONGEST_RETRY_AFTER)


def retry_after(asked: str, now: datetime) -> float | None:
    """Return how many seconds a `Retry-After` header asks to wait, None where it says nothing we understand.

    >>> now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> retry_after("7", now), retry_after("Mon, 23 Nov 2026 12:00:30 GMT", now), retry_after("soon", now)
    (7.0, 30.0, None)
    """
    if asked.strip().isdecimal():
        return float(asked)
    try:
        then = parsedate_to_datetime(asked)
    except ValueError:
        return None
    aware = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max((aware - now).total_seconds(), 0.0)


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _reason(error: BaseException | None) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"the mirror answered {error.response.status_code} {error.response.reason_phrase}"
    return f"{type(error).__name__} {error}".strip()
