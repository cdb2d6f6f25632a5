"""The fields of a core and their types: as published, as the index says, and as the values came."""

import csv
import gzip
import logging
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from muster.catalog import UPSTREAM
from muster.mirrors.connection import Connection
from muster.mirrors.discovery import as_url
from muster.mirrors.patience import TransferError
from muster.mirrors.solr import Schema

logger = logging.getLogger(__name__)

#: The published list of fields, beside the companion files: core_doc, field, java_type, description.
PUBLISHED = "solr_fields.tsv.gz"
#: A whole number beyond 64 bits: its column becomes text, which Parquet keeps exactly, or a number as it was declared.
HUGE = "HUGEINT"
#: From the narrowest to what holds anything; true and false fit no number.
WIDTHS = ["BIGINT", HUGE, "DOUBLE", "VARCHAR"]
KINDS = {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE"}
LIST = "[]"


def published_types(connection: Connection, place: str | None, documented_as: str) -> dict[str, str]:
    """Return SQL types by field as the published list declares them; empty where `place` has no list to give."""
    if place is None or place == UPSTREAM:
        # Nobody publishes the list but who keeps companion files in one place.
        return {}
    try:
        content = connection.content(f"{as_url(place)}/{PUBLISHED}")
        text = gzip.decompress(content).decode() if content else ""
    except (TransferError, gzip.BadGzipFile, EOFError, zlib.error, UnicodeDecodeError) as error:
        logger.warning("harvest: the published list of fields is not used: %s", str(error).partition(";")[0])
        return {}
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["field"]: java_type(row["java_type"]) for row in rows if row["core_doc"] == documented_as}


def known_types(published: dict[str, str], schema: Schema | None) -> dict[str, str]:
    """Return SQL types by field: the published ones, and what else the index says it has."""
    told = {name: solr_type(kind) for name, kind in schema.types.items()} if schema else {}
    return told | published


def java_type(name: str) -> str:
    """Return the SQL type of a Java type.

    >>> java_type("List<Float>"), java_type("Integer"), java_type("boolean"), java_type("")
    ('DOUBLE[]', 'BIGINT', 'BOOLEAN', 'VARCHAR')
    """
    inner = re.fullmatch(r"List<(\w+)>", name)
    if inner:
        return java_type(inner[1]) + LIST
    return {"long": "BIGINT", "integer": "BIGINT", "float": "DOUBLE", "double": "DOUBLE", "boolean": "BOOLEAN"}.get(
        name.lower(), "VARCHAR"
    )


def solr_type(name: str) -> str:
    """Return the SQL type of a type of SOLR's schema.

    >>> solr_type("pfloat"), solr_type("strings[]"), solr_type("pdate"), solr_type("tlong")
    ('DOUBLE', 'VARCHAR[]', 'VARCHAR', 'BIGINT')
    """
    kind = "VARCHAR"
    for pattern, sql in (("int|long", "BIGINT"), ("float|double", "DOUBLE"), ("bool", "BOOLEAN")):
        # `point` holds places.
        kind = sql if re.search(pattern, name.replace("point", "")) else kind
    return kind + LIST if name.endswith(LIST) else kind


def kinds(documents: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """Return by field what its values are: SQL types, `[]` behind those of lists.

    >>> kinds([{"a": 1, "b": ["x"]}, {"a": 0.5}])
    {'a': ['BIGINT', 'DOUBLE'], 'b': ['VARCHAR[]']}
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for document in documents:
        for field, value in document.items():
            if isinstance(value, list):
                found[field].update({_kind(each) + LIST for each in value} or {LIST})
            else:
                found[field].add(_kind(value))
    return {field: sorted(said) for field, said in found.items()}


def _kind(value: object) -> str:
    is_huge = isinstance(value, int) and not -(2**63) <= value < 2**63
    return HUGE if is_huge else KINDS.get(type(value), "VARCHAR")


def settled(declared: str | None, seen: Iterable[str]) -> str:
    """Return the type a column gets: the declared one, unless values came that do not fit it.

    >>> settled("DOUBLE", ["BIGINT"]), settled("BIGINT", ["VARCHAR"]), settled("VARCHAR", ["VARCHAR[]"])
    ('DOUBLE', 'VARCHAR', 'VARCHAR[]')
    >>> settled("BIGINT", ["HUGEINT"]), settled("DOUBLE", ["HUGEINT"])
    ('VARCHAR', 'DOUBLE')
    """
    told = [*([declared] if declared else []), *seen]
    bases = {kind.removesuffix(LIST) for kind in told} - {""}
    if len(bases) == 1:
        (base,) = bases
    else:
        base = "VARCHAR" if "BOOLEAN" in bases or not bases else max(bases, key=WIDTHS.index)
    base = "VARCHAR" if base == HUGE else base
    return base + LIST if any(kind.endswith(LIST) for kind in told) else base
