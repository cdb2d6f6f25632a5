"""The fields of a core and their types: as published, as the index says, and as the values came."""

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from muster.mirrors.connection import Connection
from muster.mirrors.discovery import as_url
from muster.mirrors.solr import Schema

#: The published list of fields, beside the companion files: core_doc, field, java_type, description.
PUBLISHED = "solr_fields.tsv.gz"
#: From the narrowest to what holds anything; true and false fit no number.
WIDTHS = ["BIGINT", "DOUBLE", "VARCHAR"]
LIST = "[]"


def published_types(connection: Connection, place: str | None, documented_as: str) -> dict[str, str]:
    """Return SQL types by field as the published list declares them; empty where `place` has no list."""
    content = connection.content(f"{as_url(place)}/{PUBLISHED}") if place else None
    if content is None:
        return {}
    rows = csv.DictReader(gzip.decompress(content).decode().splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
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
    single: defaultdict[str, set[type]] = defaultdict(set)
    several: defaultdict[str, set[type]] = defaultdict(set)
    for document in documents:
        for field, value in document.items():
            if isinstance(value, list):
                several[field].update(map(type, value))
            else:
                single[field].add(type(value))
    found: dict[str, set[str]] = {field: {_kind(each) for each in seen} for field, seen in single.items()}
    for field, seen in several.items():
        found.setdefault(field, set()).update({_kind(each) + LIST for each in seen} or {LIST})
    return {field: sorted(said) for field, said in found.items()}


def _kind(of: type) -> str:
    return {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE"}.get(of, "VARCHAR")


def settled(declared: str | None, seen: Iterable[str]) -> str:
    """Return the type a column gets: the declared one, unless values came that do not fit it.

    >>> settled("DOUBLE", ["BIGINT"]), settled("BIGINT", ["VARCHAR"]), settled("VARCHAR", ["VARCHAR[]"])
    ('DOUBLE', 'VARCHAR', 'VARCHAR[]')
    """
    told = [*([declared] if declared else []), *seen]
    bases = {kind.removesuffix(LIST) for kind in told} - {""}
    if len(bases) == 1:
        (base,) = bases
    else:
        base = "VARCHAR" if "BOOLEAN" in bases or not bases else max(bases, key=WIDTHS.index)
    return base + LIST if any(kind.endswith(LIST) for kind in told) else base
