"""Who may ask: a bearer token where one is set, loopback only where none is; and how large a question may be."""

import hmac
import ipaddress
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from muster.answers.schema import ErrorAnswer

MOST_BYTES = 20 * 1024 * 1024
#: Asked by probes that hold no secret; they tell nothing.
HEALTH = {"/livez", "/readyz", "/healthz"}


class PublicAddressError(RuntimeError):
    """The service was told to answer everybody without knowing who may ask."""


def refuse_public_address(host: str, token: str | None) -> None:
    """Let the service bind to `host` only where it is loopback or a token is set.

    Raises:
        PublicAddressError: says how to do either.
    """
    if not token and not is_loopback(host):
        raise PublicAddressError(
            f"refusing to listen on {host} without a token: set MUSTER_TOKEN to a long random text, "
            "or listen on 127.0.0.1"
        )


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach an address.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("example.org")
    (True, True, False, False)
    """
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


class Guard:
    """ASGI middleware: turns away who may not ask and what is too large, before anything is read."""

    def __init__(self, app: ASGIApp, token: str | None = None, most_bytes: int = MOST_BYTES) -> None:
        self.app = app
        self.token = token
        self.most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self.app(scope, self._bounded(receive), send)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        headers = Headers(scope=scope)
        if scope["path"] in HEALTH:
            return None
        if self.token and not self._is_known(headers):
            return _refused(
                401,
                {"WWW-Authenticate": "Bearer"},
                error="this service wants a token: send the header `Authorization: Bearer <MUSTER_TOKEN>`",
                field="Authorization",
            )
        if not self.token and not is_loopback((scope.get("client") or ("",))[0]):
            return _refused(403, {}, error="without a token only this machine is answered: start with MUSTER_TOKEN set")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self.most_bytes:
            return _refused(413, {}, **self._too_large(length))
        return None

    def _is_known(self, headers: Headers) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        # Compared as bytes and in constant time: how long it takes tells nothing about the token.
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), str(self.token).encode())

    def _bounded(self, receive: Receive) -> Receive:
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self.most_bytes:
                raise HTTPException(413, self._too_large(f"more than {self.most_bytes}")["error"])
            return message

        return bounded

    def _too_large(self, found: str) -> dict[str, str]:
        return {
            "error": f"the body is too large: found {found} bytes, expected at most {self.most_bytes}",
            "field": "body",
            "found": found,
            "expected": f"at most {self.most_bytes} bytes",
        }


def _refused(status: int, headers: dict[str, str], **content: Any) -> JSONResponse:
    return JSONResponse(ErrorAnswer(**content).model_dump(), status, headers)
