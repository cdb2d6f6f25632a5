"""A SOLR over a simulated mirror: `/solr/<core>/select` with cursors, and the Luke handler, in SOLR's own words."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit
from weakref import WeakKeyDictionary

import duckdb

from muster.simulator.solr_documents import UNIQUE_KEYS, VERSION, fill, types
from muster.simulator.solr_query import BadRequestError, Condition, condition

DEFAULT_ROWS = 10
START = "*"
OK, BAD_REQUEST, NOT_FOUND = 200, 400, 404
SOLR_TYPES = {"VARCHAR": "string", "BIGINT": "plong", "DOUBLE": "pdouble", "BOOLEAN": "boolean"}

Document = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What goes out."""

    status: int
    body: bytes
    kind: str = "application/json;charset=utf-8"


@dataclass(frozen=True)
class Faults:
    """What goes wrong: before the page of a number (from 1) the index changes, or another reply is put in its place.

    A question for the count alone has the number of the page before it.
    """

    change: Callable[[int, "SolrIndex"], None] = lambda _number, _index: None
    reply: Callable[[int, Reply], Reply] = lambda _number, reply: reply


class SolrIndex:
    """The cores of a mirror, each made when it is first asked."""

    def __init__(self, mirror: Path, faults: Faults | None = None) -> None:
        self.mirror = mirror
        self.faults = faults or Faults()
        self.tables = duckdb.connect()
        self.pages = 0
        self._filled: set[str] = set()
        self._lock = Lock()

    def reply(self, place: str) -> Reply:
        """Return the answer to the path and query of a request."""
        split = urlsplit(place)
        found = re.fullmatch(r"/solr/([\w-]+)/(select|admin/luke)", split.path)
        if found is None or found[1] not in UNIQUE_KEYS:
            return Reply(NOT_FOUND, b"<html><title>Error 404 Not Found</title></html>", "text/html")
        asked = parse_qs(split.query, keep_blank_values=True)
        with self._lock:
            if found[1] not in self._filled:
                fill(self.tables, found[1], self.mirror)
                self._filled.add(found[1])
            return _luke(found[1]) if found[2] == "admin/luke" else self._selected(found[1], asked)

    def _selected(self, core: str, asked: dict[str, list[str]]) -> Reply:
        is_page = asked.get("rows", [""])[0] != "0"
        if is_page:
            self.pages += 1
            self.faults.change(self.pages, self)
        try:
            content = select(self.tables, core, asked)
        except BadRequestError as error:
            told = {"msg": str(error), "code": BAD_REQUEST}
            return _json_reply(BAD_REQUEST, {"responseHeader": {"status": BAD_REQUEST, "QTime": 1}, "error": told})
        return self.faults.reply(self.pages, _json_reply(OK, content))


_INDEXES: "WeakKeyDictionary[object, SolrIndex]" = WeakKeyDictionary()
_ATTACHING = Lock()


def attach(server: object, index: SolrIndex) -> None:
    """Let `server` answer from `index`; a server without one gets its mirror's, when it is first asked."""
    _INDEXES[server] = index


def answered_as_solr(handler: BaseHTTPRequestHandler, folder: Path) -> bool:
    """Answer a request for `/solr/…`, and return whether it was one."""
    if not handler.path.startswith("/solr/"):
        return False
    with _ATTACHING:
        if handler.server not in _INDEXES:
            attach(handler.server, SolrIndex(folder))
    reply = _INDEXES[handler.server].reply(handler.path)
    handler.send_response(reply.status)
    handler.send_header("Content-Type", reply.kind)
    handler.send_header("Content-Length", str(len(reply.body)))
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(reply.body)
    return True


def select(tables: duckdb.DuckDBPyConnection, core: str, asked: dict[str, list[str]]) -> dict[str, Any]:
    """Return the content of an answer to `select`.

    Raises:
        BadRequestError: as SOLR would refuse it.
    """
    fields = {**types(core), VERSION: "BIGINT"}
    texts = [*asked.get("q", ["*:*"]), *asked.get("fq", [])]
    matches = [condition(text, fields) for text in texts]
    where = " and ".join(each.sql for each in matches)
    values = [value for each in matches for value in each.values]
    ((found,),) = tables.execute(f'select count(*) from "{core}" where {where}', values).fetchall()
    documents = _page(tables, core, asked, Condition(where, tuple(values)))
    content: dict[str, Any] = {
        "responseHeader": {"status": 0, "QTime": 1, "params": {name: said[-1] for name, said in asked.items()}},
        "response": {"numFound": found, "start": 0, "numFoundExact": True, "docs": documents},
    }
    if "cursorMark" in asked:
        content["nextCursorMark"] = asked["cursorMark"][-1]
        if documents:
            content["nextCursorMark"] = _mark(str(documents[-1][UNIQUE_KEYS[core]]))
    content["response"]["docs"] = [_shown(document, asked) for document in documents]
    return content


def _page(
    tables: duckdb.DuckDBPyConnection, core: str, asked: dict[str, list[str]], matching: Condition
) -> list[Document]:
    key = UNIQUE_KEYS[core]
    sorted_by = _sort(core, asked)
    rows = int(asked.get("rows", [str(DEFAULT_ROWS)])[-1])
    start = int(asked.get("start", ["0"])[-1])
    sql, values = f'from "{core}" where {matching.sql}', list(matching.values)
    if "cursorMark" in asked:
        if start:
            raise BadRequestError("Cursor functionality requires start=0")
        if sorted_by != key:
            raise BadRequestError("Cursor functionality requires a sort containing a uniqueKey field tie breaker")
        if (mark := asked["cursorMark"][-1]) != START:
            sql, values = f'{sql} and "{key}" > ?', [*values, _unmarked(mark)]
    found = tables.execute(f'{sql} order by "{sorted_by or key}", rowid limit {rows} offset {start}', values)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _sort(core: str, asked: dict[str, list[str]]) -> str:
    text = asked.get("sort", [""])[-1]
    if not text:
        return ""
    found = re.fullmatch(r"(\w+) asc", text)
    if found is None:
        raise BadRequestError(f"Can't determine a Sort Order (asc or desc) in sort spec '{text}', pos=0")
    if found[1] not in types(core):
        raise BadRequestError(f"sort param field can't be found: {found[1]}")
    return found[1]


def _shown(document: Document, asked: dict[str, list[str]]) -> Document:
    """Return the fields asked for that have a value; a name nobody knows is left out without a word."""
    wanted = {name for text in asked.get("fl", ["*"]) for name in re.split(r"[,\s]+", text)}
    return {
        name: value for name, value in document.items() if value not in (None, []) and ("*" in wanted or name in wanted)
    }


def _mark(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def _unmarked(mark: str) -> str:
    try:
        return base64.b64decode(mark, altchars=b"-_", validate=True).decode()
    except ValueError:
        raise BadRequestError(f"Unable to parse 'cursorMark' param: {mark}") from None


def _luke(core: str) -> Reply:
    fields = {
        name: {"type": SOLR_TYPES[kind.removesuffix("[]")], "flags": f"ITS{'M' if kind.endswith('[]') else '-'}------"}
        for name, kind in {**types(core), VERSION: "BIGINT"}.items()
    }
    schema = {"fields": fields, "uniqueKeyField": UNIQUE_KEYS[core]}
    return _json_reply(OK, {"responseHeader": {"status": 0, "QTime": 1}, "index": {"current": True}, "schema": schema})


def _json_reply(status: int, content: dict[str, Any]) -> Reply:
    return Reply(status, json.dumps(content).encode())
