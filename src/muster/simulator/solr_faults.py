"""What a SOLR in trouble does, one fault at a time, over a real HTTP server."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from muster.simulator.server import MirrorServer, in_background
from muster.simulator.solr import Faults, Reply, SolrIndex, attach
from muster.simulator.solr_documents import UNIQUE_KEYS

OK = 200


@contextmanager
def running_solr(folder: Path, faults: Faults) -> Iterator[str]:
    """Serve the mirror `folder` with these faults while the block runs; give the URL."""
    with MirrorServer(("127.0.0.1", 0), folder, []) as server:
        attach(server, SolrIndex(server.folder, faults))
        with in_background(server):
            yield server.url


def unavailable(status: int, *numbers: int) -> Faults:
    """Answer the pages of these numbers with an error and no reason."""
    return _replaced(lambda _: Reply(status, b"<html>sorry</html>", "text/html"), numbers)


def web_page(*numbers: int) -> Faults:
    """Answer these pages with a web page and status 200, as a proxy does."""
    return _replaced(lambda _: Reply(OK, b"<!DOCTYPE html><html>Sign in</html>", "text/html"), numbers)


def cut_json(*numbers: int) -> Faults:
    """Send only the first half of these pages, under a length that fits."""
    return _replaced(lambda reply: replace(reply, body=reply.body[: len(reply.body) // 2]), numbers)


def slow(seconds: float) -> Faults:
    """Let every page wait."""

    def wait(_number: int, reply: Reply) -> Reply:
        time.sleep(seconds)
        return reply

    return Faults(reply=wait)


def miscounted(by: int) -> Faults:
    """Tell a number of documents that is wrong, by the same amount on every page."""

    def tell(_number: int, reply: Reply) -> Reply:
        content = json.loads(reply.body)
        content["response"]["numFound"] += by
        return replace(reply, body=json.dumps(content).encode())

    return Faults(reply=tell)


def changing(core: str, kind: str, *numbers: int) -> Faults:
    """Change a core of observations before these pages.

    A document is `removed`, `added`, `altered`, `copied` or `contradicted` (another one with its key comes).
    """
    key = UNIQUE_KEYS[core]
    first, last = (f'(select {which}("{key}") from "{core}")' for which in ("min", "max"))
    another = {
        "added": f"'zz' || {key} as {key}, 'zz' || observation_id as observation_id",
        "copied": "_version_ + 1 as _version_",
    }
    another["contradicted"] = "'no data' as sex"
    statements = {
        "removed": f'delete from "{core}" where "{key}" = {first}',
        "altered": f'update "{core}" set sex = \'no data\' where "{key}" = {last}',
        **{
            name: f'insert into "{core}" select * replace ({said}) from "{core}" where "{key}" = {last}'
            for name, said in another.items()
        },
    }
    statement = statements[kind]

    def change(number: int, index: SolrIndex) -> None:
        if number in numbers:
            index.tables.execute(statement)

    return Faults(change=change)


def _replaced(made: Callable[[Reply], Reply], numbers: tuple[int, ...]) -> Faults:
    return Faults(reply=lambda number, reply: made(reply) if number in numbers else reply)
