"""The terms of an ontology file (OBO, OBO graph JSON or OWL), read through pronto, whole or not at all."""

import gzip
import io
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import islice
from pathlib import Path
from typing import Any

import pronto

from muster.reading.malformed import MalformedFileError

REMEDY = "take another release of the ontology, or give it in another of its formats"
SHOWN = 5
HEADER_LINES = 200

Term = dict[str, Any]


def read_terms(path: Path, prefix: str) -> list[Term]:
    """Return the terms whose ids begin with `prefix`, sorted by id: parents, exact synonyms, successors, other ids.

    Raises:
        MalformedFileError: a line cannot be read, an id stands twice, a parent is unknown, or is_a runs in a circle.
    """
    _refuse_repeated_ids(path)
    with warnings.catch_warnings():
        # pronto warns of every construct that it does not model; none of them is read here.
        warnings.simplefilter("ignore")
        ontology = _parsed(path, prefix)
        terms = [_term(term, prefix) for term in ontology.terms() if term.id.startswith(prefix)]
    if not terms:
        raise MalformedFileError(f"{path.name}: holds no term whose id begins with {prefix}; {REMEDY}")
    _refuse_circles(path, terms)
    return sorted(terms, key=lambda term: str(term["mp_term_id"]))


def ontology_version(path: Path) -> str:
    """Return the version an ontology file names among its first lines, empty where it names none."""
    for line in _first_lines(path):
        # OBO: `data-version: releases/2025-01-01`; OWL and JSON: the address of the version.
        if found := re.search(r"releases/(\d{4}-\d\d-\d\d)", line) or re.search(r"data-version:\s*(\S+)", line):
            return str(found[1])
    return ""


def _parsed(path: Path, prefix: str) -> pronto.Ontology:
    try:
        return _opened(str(path))
    except KeyError as error:
        parent = str(error.args[0])
        if parent.startswith(prefix) or not _is_obo(path):
            raise MalformedFileError(_unknown_parent(path, parent)) from error
    # Releases do name parents of other ontologies without holding them; nothing here asks for those.
    own = (line if _is_own(line, prefix) else b"\n" for line in _bytes(path))
    return _opened(io.BytesIO(b"".join(own)), path)


def _opened(source: str | io.BytesIO, path: Path | None = None) -> pronto.Ontology:
    name = path.name if path else Path(str(source)).name
    try:
        # Depth 0: an ontology must not make us fetch what it imports.
        return pronto.Ontology(source, import_depth=0, threads=1)
    except SyntaxError as error:
        line = f" line {error.lineno}" if error.lineno else ""
        shown = f" It reads: {error.text.strip()!r};" if error.text else ""
        raise MalformedFileError(f"{name}{line}: {error.msg}.{shown} {REMEDY}") from error
    except KeyError as error:
        if path is None:
            raise
        raise MalformedFileError(_unknown_parent(path, str(error.args[0]))) from error
    except (ValueError, TypeError, OSError, EOFError) as error:
        reason = str(error) or type(error).__name__
        raise MalformedFileError(f"{name}: is no ontology that can be read: {reason}; {REMEDY}") from error


def _is_obo(path: Path) -> bool:
    return ".obo" in path.suffixes


def _is_own(line: bytes, prefix: str) -> bool:
    return not line.startswith(b"is_a:") or line.removeprefix(b"is_a:").strip().startswith(prefix.encode())


def _term(term: pronto.Term, prefix: str) -> Term:
    parents = [parent.id for parent in term.superclasses(distance=1, with_self=False) if parent.id.startswith(prefix)]
    return {
        "mp_term_id": term.id,
        # Stubs of ids that were given up may have no name of their own.
        "mp_term_name": term.name or term.id,
        "obsolete": str(term.obsolete),
        "parent_ids": _joined(parents),
        "exact_synonyms": sorted({synonym.description for synonym in term.synonyms if synonym.scope == "EXACT"}),
        "replaced_by": _joined(other.id for other in term.replaced_by),
        "consider": _joined(other.id for other in term.consider),
        "alternative_ids": _joined(term.alternate_ids),
        "definition": str(term.definition) if term.definition else None,
    }


def _joined(identifiers: Iterable[str]) -> str | None:
    return "|".join(sorted(identifiers)) or None


def _refuse_repeated_ids(path: Path) -> None:
    # pronto would make one term of both, with the name of the last.
    if not _is_obo(path):
        return
    counted = Counter(identifier for _, identifier in _stanza_ids(path))
    repeated = [identifier for identifier, count in counted.items() if count > 1]
    if repeated:
        line = [number for number, identifier in _stanza_ids(path) if identifier == repeated[0]][1]
        many = f" ({len(repeated)} ids stand twice)" if len(repeated) > 1 else ""
        raise MalformedFileError(f"{path.name} line {line}: a second term with the id {repeated[0]}{many}; {REMEDY}")


def _stanza_ids(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(_lines(path), start=1):
        if line.startswith("id:"):
            yield number, line.removeprefix("id:").split("!")[0].strip()


def _refuse_circles(path: Path, terms: list[Term]) -> None:
    graph = {str(term["mp_term_id"]): str(term["parent_ids"]).split("|") for term in terms if term["parent_ids"]}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " is_a ".join(reversed(error.args[1][:SHOWN]))
        raise MalformedFileError(f"{path.name}: is_a runs in a circle: {circle}; {REMEDY}") from error


def _unknown_parent(path: Path, parent: str) -> str:
    place = next((number for number, line in enumerate(_lines(path), start=1) if f"is_a: {parent}" in line), None)
    line = f" line {place}" if place else ""
    return f"{path.name}{line}: is_a {parent}, and no term has this id; {REMEDY}"


def _first_lines(path: Path) -> Iterator[str]:
    return islice(_lines(path), HEADER_LINES)


def _lines(path: Path) -> Iterator[str]:
    return (line.decode(errors="replace") for line in _bytes(path))


def _bytes(path: Path) -> Iterator[bytes]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        yield from file
