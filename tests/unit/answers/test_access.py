from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from muster.answers.access import Guard, PublicAddressError, refuse_public_address


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


def client(address: str = "127.0.0.1", **options: Any) -> TestClient:
    app = Starlette(routes=[Route("/echo", echo, methods=["GET", "POST"]), Route("/readyz", echo)])
    return TestClient(Guard(app, **options), client=(address, 1234))


def test_with_a_token_only_who_knows_it_is_answered() -> None:
    asker = client("203.0.113.7", token="secret")

    assert asker.get("/echo").status_code == 401
    assert asker.get("/echo", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert asker.get("/echo", headers={"Authorization": "Basic secret"}).status_code == 401
    assert asker.get("/echo", headers={"Authorization": "Bearer secret"}).status_code == 200


def test_a_token_in_letters_no_header_can_hold_is_wrong_not_an_error() -> None:
    asker = client(token="gehëim")

    assert asker.get("/echo", headers={"Authorization": b"Bearer \xff\xfe"}).status_code == 401


def test_without_a_token_only_this_machine_is_answered() -> None:
    assert client("203.0.113.7").get("/echo").status_code == 403
    assert client("127.0.0.1").get("/echo").status_code == 200


def test_probes_need_no_token() -> None:
    assert client(token="secret").get("/readyz").status_code == 200


def test_a_body_that_says_it_is_too_large_is_refused_unread() -> None:
    answer = client(most_bytes=10).post("/echo", content=b"x" * 11)

    assert answer.status_code == 413
    assert answer.json()["expected"] == "at most 10 bytes"


def test_a_body_that_does_not_say_its_length_is_cut_off() -> None:
    def chunks():
        yield b"x" * 6
        yield b"x" * 6

    assert client(most_bytes=10).post("/echo", content=chunks()).status_code == 413
    assert client(most_bytes=12).post("/echo", content=chunks()).text == "12"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org"])
def test_a_public_address_needs_a_token(host: str) -> None:
    with pytest.raises(PublicAddressError, match="MUSTER_TOKEN"):
        refuse_public_address(host, None)

    refuse_public_address(host, "secret")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.1.1", "::1", "localhost"])
def test_loopback_needs_none(host: str) -> None:
    refuse_public_address(host, None)
