"""Bring documents of a SOLR core into the landing folder: whole, reconciled, as JSON lines and as Parquet."""

import json
import logging
from dataclasses import dataclass
from pathlib import Path

import duckdb

from muster.catalog import Core, catalog, companions_place, mirror, release_key
from muster.landing import harvest_columns, harvest_extras, harvests
from muster.limits import is_limit
from muster.locks import exclusive
from muster.mirrors.connection import Connection
from muster.mirrors.discovery import connect, newest_release
from muster.mirrors.solr import HarvestError, Solr
from muster.mirrors.solr_query import EVERYTHING, Query, filter_query, prepared

logger = logging.getLogger(__name__)


class UnknownCoreError(ValueError):
    """No such core is declared, or the mirror has no SOLR."""


@dataclass(frozen=True)
class Wanted:
    """What a harvest asks for."""

    query: str = EVERYTHING
    filters: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    """Empty: every field."""
    release: str = ""
    """Empty: the newest of the mirror; where it is named, the documents become rows of that release."""
    rows: int | None = None
    """Documents a page; None: as sources.yml says."""
    is_again: bool = False
    """Whether to ask for documents that are here already."""


def harvest(core: str, wanted: Wanted) -> Path:
    """Return the folder of the harvest, asking only for what is not here yet.

    Raises:
        UnknownCoreError: names the cores there are.
        HarvestError: the core refuses the question, lacks a field, has nothing, or changes all the time.
    """
    declared = _declared(core)
    with connect() as connection:
        release = _release(connection, wanted.release)
        solr = Solr(connection, str(mirror().solr))
        query = _query(core, wanted)
        place = harvests.folder(query, release)
        with exclusive(place.with_name(f"{place.name}.lock"), f"harvest of {core} ({place.name})"):
            if wanted.is_again or not _is_unchanged(solr, query, place):
                place = _collect(connection, solr, query, wanted, release)
            if wanted.release:
                content = json.loads((place / harvests.MANIFEST).read_text())
                harvest_extras.hand_over(place, content, declared, release)
    return place


def _declared(core: str) -> Core:
    if core not in catalog().cores:
        raise UnknownCoreError(f"{core}: no such core; sources.yml has {', '.join(catalog().cores)}")
    if mirror().solr is None:
        raise UnknownCoreError(
            f"the mirror {mirror().url} has no SOLR; name one that has: --mirror demo, impc or a URL"
        )
    return catalog().cores[core]


def _query(core: str, wanted: Wanted) -> Query:
    text = prepared(wanted.query)
    if text != wanted.query:
        logger.info("harvest %s: %s is read as %s", core, wanted.query, text)
    declared = catalog().cores[core]
    # Without its key nobody could tell whether a document came twice.
    fields = tuple(dict.fromkeys([declared.identity, *wanted.fields])) if wanted.fields else ()
    return Query(core, text, tuple(map(filter_query, wanted.filters)), fields)


def _release(connection: Connection, named: str) -> str:
    newest = newest_release(connection)
    release = named or newest
    if not release:
        raise HarvestError(f"{mirror().url} does not tell its newest release: name the release by --release")
    if named and newest and release_key(named) != release_key(newest):
        logger.warning("harvest: the mirror's newest release is %s; its index is filed under %s", newest, named)
    return release


def _is_unchanged(solr: Solr, query: Query, place: Path) -> bool:
    here = harvests.manifest(place)
    if here is None or solr.count(query) != here["num_found"]:
        return False
    logger.info(
        "harvest %s: nothing changed (%s documents of %s are here; --again asks for them anew)",
        query.core,
        f"{here['rows']:,}",
        here["fetched_at"],
    )
    return True


def _collect(connection: Connection, solr: Solr, query: Query, wanted: Wanted, release: str) -> Path:
    declared = catalog().cores[query.core]
    schema = solr.schema(query.core)
    known = harvest_columns.field_types(connection, companions_place(), declared.documented_as, schema)
    harvest_columns.demand_fields(solr, query.core, query.fields, known)
    sorted_by = (schema and schema.unique_key) or solr.unique_key(query.core, declared.sorted_by)
    plan = harvests.Plan(query, release, sorted_by, declared.identity, wanted.rows or declared.rows, known)
    facts = {"mirror": mirror().url, "release_named_by": "user" if wanted.release else "latest of the mirror"}
    try:
        place = harvests.collect(solr, plan, facts)
    except duckdb.Error as error:
        if is_limit(error):
            raise
        place = harvests.folder(query, release)
        raise HarvestError(
            f"{query.core}: the documents that came cannot be read as a table: {str(error).splitlines()[0]}; their"
            f" pages lie in {place}.draft: remove it to ask for them anew, or leave out the field by --fields"
        ) from error
    content = harvests.manifest(place) or {}
    if empty := sorted(set(query.fields) - set(content["seen_fields"])):
        logger.warning("harvest %s: no document has a value of %s", query.core, ", ".join(empty))
    logger.info("harvest %s: %s documents in %s", query.core, f"{content['rows']:,}", place)
    return place
