"""The graph for other programs: as a networkx graph, or as GraphML (Cytoscape, Gephi, yEd, igraph, networkx).

Edges are undirected, as interactions and memberships are; an `is_a` edge says in `narrower` which end is the narrower
term. What a source does not give is left out, never written as 0. `mp` edges are what mice showed: labels.
"""

import gzip
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import escape, quoteattr

import networkx as nx
import pandas as pd

from muster import lake
from muster.graph.elements import GENE_COLUMNS, IS_A, Elements
from muster.graph.selection import Selection, select

NODE_TYPES = {"kind": "string", "name": "string", "degree": "int", **GENE_COLUMNS}
EDGE_TYPES = {
    "kind": "string",
    "source": "string",
    "score": "double",
    "weight": "double",
    "is_direct": "boolean",
    "narrower": "string",
}
GRAPH_TYPES = {"release": "string", "build": "string"}

CHUNK = 50_000
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_OPENING = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns'
    ' http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
)
#: How a value of each GraphML type becomes a plain one of Python.
_PLAIN: dict[str, Callable[[Any], Any]] = {"string": str, "double": float, "int": int, "boolean": bool}


def to_networkx(release: str, selection: Selection | None = None) -> nx.MultiGraph:
    """Return the graph of a release, whole or a part: nodes by id, edges by kind (`graph[gene][node]["go"]`).

    A whole real release takes about 2 GB this way; as GraphML it is written in a stream.
    """
    elements = select(release, selection or Selection())
    graph = nx.MultiGraph(**_graph_values(release))
    ids = elements.nodes["id"].tolist()
    graph.add_nodes_from(zip(ids, _records(elements.nodes, NODE_TYPES), strict=True))
    edges = with_narrower(elements)
    ends = zip(edges["a"].tolist(), edges["b"].tolist(), edges["kind"].tolist(), strict=True)
    values = _records(edges, EDGE_TYPES)
    graph.add_edges_from((ids[a], ids[b], kind, value) for (a, b, kind), value in zip(ends, values, strict=True))
    return graph


def write_graphml(release: str, target: Path, selection: Selection | None = None) -> Elements:
    """Write the graph of a release, whole or a part, compressed where the name ends with `.gz`; return what it holds.

    The file is a draft until it is complete.
    """
    elements = select(release, selection or Selection())
    target.parent.mkdir(parents=True, exist_ok=True)
    with _draft(target) as file:
        _write(file, elements, _graph_values(release))
    return elements


def with_narrower(elements: Elements) -> pd.DataFrame:
    """Return the edges, `is_a` with the id of the narrower term: undirected, they would not tell."""
    is_a = elements.edges["kind"] == IS_A
    narrower = elements.nodes["id"].to_numpy()[elements.edges["a"]]
    return elements.edges.assign(narrower=pd.Series(narrower, index=elements.edges.index).where(is_a, None))


def _graph_values(release: str) -> dict[str, str]:
    return {"release": release, "build": str(lake.manifest(release)["build"])}


def _records(table: pd.DataFrame, types: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield each row as plain values, without those that are missing."""
    for start in range(0, len(table), CHUNK):
        chunk = table.iloc[start : start + CHUNK]
        columns = []
        for name, kind in types.items():
            plain = _PLAIN[kind]
            values, known = chunk[name].tolist(), chunk[name].notna().tolist()
            columns.append([plain(value) if is_known else None for value, is_known in zip(values, known, strict=True)])
        for row in zip(*columns, strict=True):
            yield {name: value for name, value in zip(types, row, strict=True) if value is not None}


@contextmanager
def _draft(target: Path) -> Iterator[TextIO]:
    draft = target.with_name(f"{target.name}.draft")
    try:
        with draft.open("wb") as plain:
            if target.suffix == ".gz":
                # Neither time nor name in the header: the same graph is the same bytes.
                with gzip.GzipFile("", "wb", compresslevel=4, fileobj=plain, mtime=0) as packed:
                    yield from _text(packed)
            else:
                yield from _text(plain)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _text(binary: Any) -> Iterator[TextIO]:
    text = io.TextIOWrapper(binary, encoding="utf-8", newline="\n")
    yield text
    text.flush()
    text.detach()


def _write(file: TextIO, elements: Elements, values: dict[str, str]) -> None:
    file.write(_OPENING)
    for scope, types in (("graph", GRAPH_TYPES), ("node", NODE_TYPES), ("edge", EDGE_TYPES)):
        for name, kind in types.items():
            file.write(f'<key id="{scope}_{name}" for="{scope}" attr.name="{name}" attr.type="{kind}"/>\n')
    file.write('<graph edgedefault="undirected">\n')
    file.writelines(_data("graph", name, value) + "\n" for name, value in values.items())
    ids = [quoteattr(_legal(name)) for name in elements.nodes["id"]]
    _write_rows(file, "node", elements.nodes, lambda rows: [f"id={ids[place]}" for place in rows.index])
    edges = with_narrower(elements)
    _write_rows(
        file,
        "edge",
        edges,
        lambda rows: [f"source={ids[a]} target={ids[b]}" for a, b in zip(rows["a"], rows["b"], strict=True)],
    )
    file.write("</graph>\n</graphml>\n")


def _write_rows(file: TextIO, scope: str, table: pd.DataFrame, named: Callable[[pd.DataFrame], list[str]]) -> None:
    types = NODE_TYPES if scope == "node" else EDGE_TYPES
    for start in range(0, len(table), CHUNK):
        rows = table.iloc[start : start + CHUNK]
        cells = [_cells(scope, name, kind, rows[name]) for name, kind in types.items() if rows[name].notna().any()]
        for opening, *data in zip(named(rows), *cells, strict=True):
            file.write(f"<{scope} {opening}>{''.join(data)}</{scope}>\n")


def _cells(scope: str, name: str, kind: str, column: pd.Series) -> list[str]:
    """Return the data elements of a column, empty where there is no value."""
    values, known = column.tolist(), column.notna().tolist()
    plain = _PLAIN[kind]
    texts = {value: _data(scope, name, plain(value)) for value, is_known in zip(values, known, strict=True) if is_known}
    return [texts[value] if is_known else "" for value, is_known in zip(values, known, strict=True)]


def _data(scope: str, name: str, value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'<data key="{scope}_{name}">{escape(_legal(text))}</data>'


def _legal(text: str) -> str:
    r"""Return text without what XML 1.0 cannot hold.

    >>> _legal("a\x07b")
    'ab'
    """
    return _FORBIDDEN.sub("", text)
