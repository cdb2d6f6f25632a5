"""SOLR cores asked page by page: every page whole, every refusal in SOLR's own words."""

import json
import logging
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from muster.mirrors.connection import GONE, Connection
from muster.mirrors.patience import TransferError
from muster.mirrors.solr_query import Query

logger = logging.getLogger(__name__)

FIRST_CURSOR = "*"
BAD_REQUEST, URI_TOO_LONG = 400, 414
SHOWN = 80

Document = dict[str, Any]


class HarvestError(RuntimeError):
    """A core did not give what was asked for; the message says what to do."""


class RefusedQueryError(HarvestError):
    """SOLR does not understand the question."""


@dataclass(frozen=True)
class Page:
    """The documents of one answer, how many there are in all, and where the next page begins."""

    documents: list[Document]
    num_found: int
    next_cursor: str


@dataclass(frozen=True)
class Schema:
    """What an index says of itself."""

    unique_key: str | None
    types: dict[str, str]
    """SOLR's type by field, `[]` behind it where a document may have several values."""


class Solr:
    """The cores of one mirror."""

    def __init__(self, connection: Connection, url: str) -> None:
        self._connection = connection
        self.url = url.rstrip("/")

    def select_url(self, core: str, parameters: list[tuple[str, str]]) -> str:
        """Return the address of an answer."""
        return f"{self.url}/{quote(core)}/select?{urlencode([*parameters, ('wt', 'json')], safe='*:,')}"

    def page(self, query: Query, sorted_by: str, rows: int, cursor: str) -> Page:
        """Return the page that begins at `cursor`.

        Raises:
            RefusedQueryError: with SOLR's reason.
            HarvestError: the core does not answer or there is none.
        """
        paging = [("sort", f"{sorted_by} asc"), ("rows", str(rows)), ("cursorMark", cursor)]
        fields = [("fl", ",".join(query.fields))] if query.fields else []
        content = self._select(query.core, [*query.parameters(), *fields, *paging])
        if "nextCursorMark" not in content:
            raise HarvestError(
                f"{self.url}/{query.core}: it knows no cursors (SOLR does since 4.7), so nothing is harvested"
            )
        return Page(content["response"]["docs"], int(content["response"]["numFound"]), content["nextCursorMark"])

    def count(self, query: Query) -> int:
        """Return how many documents match now."""
        return int(self._select(query.core, [*query.parameters(), ("rows", "0")])["response"]["numFound"])

    def schema(self, core: str) -> Schema | None:
        """Return what the index says of its fields, None where it is not open to the public."""
        try:
            url = f"{self.url}/{quote(core)}/admin/luke?show=schema&numTerms=0&wt=json"
            content = self._connection.answered(url, _json)
        except TransferError as error:
            # Some proxies let nobody but `select` through; whether the core answers at all is seen there.
            logger.info("%s: the index does not tell its schema: %s", core, str(error).partition(";")[0])
            return None
        told = (content or {}).get("schema")
        return told and Schema(
            told.get("uniqueKeyField"), {name: _type(facts) for name, facts in told["fields"].items()}
        )

    def has_field(self, core: str, field: str) -> bool:
        """Return whether the index knows a field: it refuses a question about one it does not know."""
        try:
            self._select(core, [("q", f"{field}:[* TO *]"), ("rows", "0")])
        except RefusedQueryError as error:
            return "undefined field" not in str(error).lower()
        return True

    def unique_key(self, core: str, candidates: list[str]) -> str:
        """Return the first of `candidates` that pages can be sorted by.

        Raises:
            RefusedQueryError: with what SOLR says of each and the remedy.
        """
        reasons = []
        for field in candidates:
            try:
                self.page(Query(core, fields=(field,)), field, 0, FIRST_CURSOR)
            except RefusedQueryError as error:
                reasons.append(f"{field}: {error}")
            else:
                return field
        raise RefusedQueryError(
            f"{core}: no field to sort its pages by is known; add it to `sorted_by` of {core} in "
            f"sources.yml; tried {'; '.join(reasons)}"
        )

    def _select(self, core: str, parameters: list[tuple[str, str]]) -> dict[str, Any]:
        url = self.select_url(core, parameters)
        try:
            content = self._connection.answered(url, _answer)
        except TransferError as error:
            if error.status == BAD_REQUEST:
                asked = " and ".join(text for name, text in parameters if name in ("q", "fq"))
                raise RefusedQueryError(f"{core}: SOLR refuses {asked}: {_reason(error)}") from error
            if error.status == URI_TOO_LONG:
                said = f"{core}: the question has {len(url):,} characters, more than the mirror takes"
                raise RefusedQueryError(f"{said}; ask in several harvests") from error
            raise _told(error) from error
        if content is None:
            raise HarvestError(f"{self.url}/{core}: there is no such core; see `cores` in sources.yml")
        return content


def near_names(wrong: list[str], known: list[str]) -> str:
    """Return which known names the wrong ones may mean.

    >>> near_names(["parameter_stabel_id"], ["parameter_stable_id", "sex"])
    'parameter_stabel_id (perhaps parameter_stable_id)'
    """
    near = {name: get_close_matches(name, known, n=3) for name in wrong}
    return ", ".join(f"{name} (perhaps {' or '.join(found)})" if found else name for name, found in near.items())


def _answer(answer: httpx.Response) -> dict[str, Any] | None:
    content = _json(answer)
    if content is None:
        return None
    if content.get("responseHeader", {}).get("partialResults"):
        raise httpx.RemoteProtocolError("only a part of the index answered in time")
    if not isinstance(content.get("response", {}).get("docs"), list):
        raise httpx.RemoteProtocolError(f"no answer of SOLR: it has {', '.join(content) or 'nothing'}")
    return content


def _json(answer: httpx.Response) -> dict[str, Any] | None:
    content = answer.read()
    if answer.status_code in GONE:
        return None
    try:
        parsed = json.loads(content)
    except ValueError as error:
        raise httpx.RemoteProtocolError(f"no whole JSON ({error}): it begins with {content[:SHOWN]!r}") from error
    if not isinstance(parsed, dict):
        raise httpx.RemoteProtocolError(f"no answer of SOLR: it begins with {content[:SHOWN]!r}")
    return parsed


def _reason(error: TransferError) -> str:
    """Return SOLR's own words about a question it refused."""
    cause = error.__cause__
    if isinstance(cause, httpx.HTTPStatusError):
        try:
            return str(cause.response.json()["error"]["msg"])
        except (ValueError, KeyError, TypeError):
            pass
    return str(error)


def _told(error: TransferError) -> HarvestError:
    reason = str(error).partition("; what came is kept")[0]
    return HarvestError(f"{reason}; the pages that came are kept: run harvest again to go on")


def _type(facts: dict[str, Any]) -> str:
    flags = str(facts.get("flags") or facts.get("schema") or "")
    kind = str(facts.get("type", ""))
    return f"{kind}[]" if "M" in re.sub(r"[^A-Za-z-]", "", flags) else kind
