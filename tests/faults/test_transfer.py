"""What may happen to a file on its way: it comes whole in the end, or the release is refused by its name."""

import gzip
import logging
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus

import pytest

from muster import lake
from muster.catalog import catalog
from muster.landing.companions import CompanionsError
from muster.mirrors.patience import TransferError
from muster.pipeline import run_step
from muster.simulator.faults import Fault
from muster.steps.fetch import ChangingMirrorError

FILE = "*/viability.csv.gz"
PAGE = b"<!DOCTYPE html><html><body>Please log in</body></html>"


def in_one_second() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)


PASSING = {
    "reset mid-body": [Fault(FILE, "GET", [1], cut=9_000)],
    "reset at every try but for one": [Fault(FILE, "GET", range(1, 6), cut=4_000)],
    "reset before the first byte": [Fault(FILE, "GET", [1, 2], cut=0)],
    "Content-Length too long": [Fault(FILE, "GET", [1], headers={"Content-Length": "999999"})],
    "Content-Length too short": [Fault(FILE, "GET", [1], headers={"Content-Length": "5000"})],
    "no Content-Length": [Fault(FILE, headers={"Content-Length": None, "Connection": "close"})],
    "no ETag": [Fault(FILE, headers={"ETag": None})],
    "weak ETag": [
        Fault(FILE, "GET", [1], headers={"ETag": 'W/"same"'}, cut=5_000),
        Fault(FILE, headers={"ETag": 'W/"same"'}),
    ],
    "wrong ETag on resume": [
        Fault(FILE, "GET", [1], cut=9_000),
        Fault(FILE, "GET", [2], headers={"ETag": '"of another file"'}),
    ],
    "wrong range on resume": [
        Fault(FILE, "GET", [1], cut=9_000),
        Fault(FILE, "GET", [2], headers={"Content-Range": "bytes 7-99/100"}),
    ],
    "no Range on the server": [
        Fault(FILE, "GET", [1], cut=9_000),
        Fault(FILE, "GET", [2], headers={"Content-Range": None}),
    ],
    "503": [Fault(FILE, "*", [1, 3], status=HTTPStatus.SERVICE_UNAVAILABLE)],
    "503 with a nonsense Retry-After": [
        Fault(FILE, "*", [1], status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "later"})
    ],
    "an error page once": [Fault(FILE, "GET", [1], body=lambda _: PAGE)],
    "truncated once": [Fault(FILE, "GET", [1], body=lambda content: content[:-500])],
    "a bit flipped once": [Fault(FILE, "GET", [1], body=lambda content: content[:5000] + b"\0\0" + content[5002:])],
    "404 for what is optional": [Fault("*/phenotypeHitsPerGene*", status=HTTPStatus.NOT_FOUND)],
    "slow": [Fault("*.gz", delay=0.05)],
}


@pytest.mark.parametrize("faults", PASSING.values(), ids=PASSING)
def test_what_passes_leaves_the_same_bytes(mini, undisturbed, faults: list[Fault]) -> None:
    with mini.served(*faults):
        mini.ingest()

    assert mini.outcome() == undisturbed


@pytest.mark.parametrize("status", [HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE])
@pytest.mark.parametrize("kind", ["seconds", "date"])
def test_a_mirror_that_asks_for_a_pause_gets_it(mini, undisturbed, status: HTTPStatus, kind: str) -> None:
    asked = "1" if kind == "seconds" else in_one_second()
    start = time.monotonic()

    with mini.served(Fault(FILE, "GET", [1], status=status, headers={"Retry-After": asked})):
        mini.ingest()

    assert time.monotonic() - start >= 1
    assert mini.outcome() == undisturbed


LASTING = {
    "an error page": (lambda _: PAGE, "viability.csv.gz is a web page, not data"),
    "truncated": (lambda content: content[:-500], "viability.csv.gz is truncated"),
    "bad CRC": (lambda content: content[:-8] + b"\0" * 8, "viability.csv.gz is damaged: CRC check failed"),
    "0 bytes": (lambda _: b"", "viability.csv.gz is empty: it has 0 bytes"),
    "gzip of nothing": (lambda _: gzip.compress(b""), "viability.csv.gz is empty: it holds nothing"),
    "a header only": (lambda _: gzip.compress(b"gene_symbol\n"), "it holds a header and no row"),
    "UTF-16": (lambda _: gzip.compress("gene_symbol\nA\n".encode("utf-16")), "viability.csv.gz is written in UTF-16"),
}


@pytest.mark.parametrize(("body", "complaint"), LASTING.values(), ids=LASTING)
def test_what_stays_wrong_refuses_the_release_by_the_name_of_the_file(mini, undisturbed, body, complaint: str) -> None:
    mini.path("viability").write_bytes(body(mini.path("viability").read_bytes()))
    with mini.served():
        mini.refused("fetch", complaint, "run `muster fetch 18.0` again")

    mini.fill()
    with mini.served():
        mini.ingest()
    assert mini.outcome() == undisturbed
    assert lake.refusal("18.0") is None


def test_a_file_that_is_required_and_not_there_refuses_the_release(mini, monkeypatch) -> None:
    needed = catalog().files["viability"].model_copy(update={"is_required": True})
    monkeypatch.setitem(catalog().files, "viability", needed)

    with mini.served(Fault(FILE, status=HTTPStatus.NOT_FOUND)):
        mini.refused("fetch", "viability is needed: results/viability.csv.gz is not in release 18.0")


def test_a_companion_that_is_required_and_not_there_is_asked_for(mini) -> None:
    faults = [Fault("*/HMD_HumanPhenotype*", status=HTTPStatus.NOT_FOUND)]

    with mini.served(*faults), pytest.raises(CompanionsError, match="orthologues: HMD_HumanPhenotype"):
        mini.ingest()

    assert mini.visible() == []


def test_a_mirror_that_stays_away_is_named_and_what_came_is_kept(mini, undisturbed, monkeypatch) -> None:
    monkeypatch.setattr("muster.mirrors.patience.ATTEMPTS", 2)
    faults = [Fault(FILE, "GET", [1], cut=9_000), Fault(FILE, "GET", status=HTTPStatus.BAD_GATEWAY)]

    with mini.served(*faults), pytest.raises(TransferError, match=r"viability\.csv\.gz.*502.*run fetch again"):
        mini.ingest()

    assert mini.visible() == []
    with mini.served():
        mini.ingest()
    assert mini.outcome() == undisturbed


def test_a_file_replaced_between_listing_and_download_lands_as_it_is_now(mini, undisturbed, caplog) -> None:
    mini.write("viability", mini.text("viability") + mini.text("viability").splitlines()[1] + "\n")
    faults = [Fault(FILE, "GET", [1], before=mini.fill)]

    with mini.served(*faults), caplog.at_level(logging.WARNING):
        mini.ingest()

    assert mini.outcome() == undisturbed
    assert "the mirror changed meanwhile: results/viability.csv.gz" in caplog.text


def test_a_file_replaced_after_its_download_is_fetched_again(mini, undisturbed) -> None:
    mini.write("procedure_completeness", mini.text("procedure_completeness").replace("a", "b"))

    with mini.served(Fault("*/part-1.json.gz", "GET", [1], delay=0.3, before=mini.fill)):
        mini.ingest()

    assert mini.outcome() == undisturbed


def test_a_mirror_that_never_rests_is_not_taken_in(mini) -> None:
    count = iter(range(99))
    changed = Fault(FILE, "HEAD", before=lambda: mini.write("viability", mini.text("viability") + f"{next(count)}\n"))

    with mini.served(changed), pytest.raises(ChangingMirrorError, match=r"changes on the mirror .*viability\.csv\.gz"):
        run_step("fetch", "18.0")

    assert mini.visible() == []
