"""Which part of a graph somebody wants: kinds of edges, and the surroundings of genes named by symbol or accession."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from muster.answers.names import Names
from muster.graph.elements import Elements, Places, read_elements

SHOWN = 3


class UnknownGeneError(ValueError):
    """A gene was asked for that the release does not have."""


@dataclass(frozen=True)
class Selection:
    """The whole graph, unless something is asked for."""

    genes: Sequence[str] = ()
    """Symbols or MGI accessions; none: all genes."""
    hops: int = 1
    """How many edges to walk from the genes; 0: only the genes and the edges between them."""
    kinds: Sequence[str] | None = None
    """Kinds of edges; None: all that the release has."""


def select(release: str, selection: Selection) -> Elements:
    """Return the asked part of the graph of a release.

    Raises:
        UnknownGeneError: with near matches.
        UnknownKindError: names the kinds that the release has.
    """
    elements = read_elements(release, selection.kinds)
    if not selection.genes:
        return elements
    return elements.neighbourhood(_places(release, elements, selection.genes), selection.hops)


def _places(release: str, elements: Elements, wanted: Sequence[str]) -> Places:
    genes = elements.nodes.head(elements.gene_count)
    names = Names(genes["id"].tolist(), genes["name"].tolist())
    found = {name: names.find(name) for name in wanted}
    if unknown := [name for name, place in found.items() if place is None]:
        told = "; ".join(_told(name, names.near(name)) for name in unknown[:SHOWN])
        more = f" (and {len(unknown) - SHOWN} more)" if len(unknown) > SHOWN else ""
        raise UnknownGeneError(f"release {release} has no gene {told}{more}")
    return np.array(sorted({place for place in found.values() if place is not None}), dtype=np.int64)


def _told(name: str, near: Sequence[str]) -> str:
    return f"{name}: did you mean {', '.join(near)}?" if near else f"{name}: no name is like it"
