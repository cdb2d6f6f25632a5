"""Why a gene ranks high: which partners, pathways and terms made the score, by name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from muster.graph.knowledge import KnowledgeGraph, Matrix
from muster.learners.labels import CALLED, UNTESTED

NAMED = 3
FEWEST = 2
SHARED = {"reactome": "pathway", "go": "GO term", "family": "gene family"}
GROUPS = {
    "constraint": ("loeuf", "missense_oe", "shet"),
    "how much it is studied": ("novelty", "target_level_rank", "go_count", "pathway_count"),
    "number of interactions": ("interaction_degree",),
    "expression": ("expression_breadth", "embryo_expression", "tissue"),
    "family size": ("family_size",),
    "place in the network": ("embedding",),
    "pathways": ("reactome",),
    "GO terms": ("go",),
    "partners' families": ("string.family", "biogrid.family"),
    "interaction partners": ("string", "biogrid"),
}


@dataclass(frozen=True)
class Neighbourhood:
    """The graph in the form that names are looked up in."""

    graph: KnowledgeGraph
    partners: Matrix
    members: dict[str, Matrix]
    """kind -> nodes x genes"""


@dataclass(frozen=True)
class Shown:
    """Who shows a term, and how many of a node's members do."""

    near: Neighbourhood
    is_called: NDArray[np.bool_]
    is_tested: NDArray[np.bool_]
    lift: dict[str, NDArray[np.float64]]
    """kind -> node: called over expected among its tested members, shrunk towards 1; 0 where fewer than two are."""


def make_neighbourhood(graph: KnowledgeGraph) -> Neighbourhood:
    """Return the graph ready for looking up names."""
    members = {kind: graph.memberships[kind].weights.T.tocsr() for kind in SHARED if kind in graph.memberships}
    return Neighbourhood(graph, graph.partners, members)


def explain(
    near: Neighbourhood, states: NDArray[np.int8], genes: NDArray[np.int64], driven: list[str]
) -> list[list[str]]:
    """Return for each untested gene the named evidence in words, then what drove its score."""
    shown = _shown(near, states)
    return [
        [reason for reason in (_partners(shown, int(gene)), *_shared(shown, int(gene)), driver) if reason]
        for gene, driver in zip(genes, driven, strict=True)
    ]


def _shown(near: Neighbourhood, states: NDArray[np.int8]) -> Shown:
    is_called, is_tested = states == CALLED, states != UNTESTED
    prevalence = is_called.sum() / max(is_tested.sum(), 1)
    lift = {}
    for kind, members in near.members.items():
        edges = members.astype(bool).astype(np.float64)
        called = edges @ is_called.astype(np.float64)
        expected = edges @ is_tested.astype(np.float64) * prevalence
        lift[kind] = np.where(called >= FEWEST, (called + 1) / (expected + 1), 0.0)
    return Shown(near, is_called, is_tested, lift)


def drivers(names: list[str], contributions: NDArray[np.float32]) -> list[str]:
    """Return per row what added most to the score, by group of columns, as a factor on the odds.

    >>> drivers(["lift:go", "loeuf"], np.array([[0.7, -0.1, -2.0]]))
    ['score driven by GO terms (odds x 2.0)']
    """
    groups = [_group(name) for name in names]
    kinds = sorted(set(groups))
    belongs = np.array([[group == kind for kind in kinds] for group in groups], dtype=float)
    totals = contributions[:, : len(names)] @ belongs
    return [_driver(kinds, row) for row in totals]


def _driver(kinds: list[str], totals: NDArray[np.float64]) -> str:
    best = [place for place in np.argsort(-totals, kind="stable")[:NAMED] if totals[place] > 0]
    told = ", ".join(f"{kinds[place]} (odds x {np.exp(totals[place]):.1f})" for place in best)
    return f"score driven by {told}" if told else ""


def _group(name: str) -> str:
    """Return what a column is about: `lift:string.go` about GO terms, `embedding_03` about the place in the network."""
    plain = name.rsplit(":", maxsplit=1)[-1]
    last = plain.split(".")[-1]
    for group, members in GROUPS.items():
        if plain in members or last in members or plain.rsplit("_", 1)[0] in members:
            return group
    return plain


def _partners(shown: Shown, gene: int) -> str:
    partners = _row(shown.near.partners, gene)
    showing = partners[shown.is_called[partners]]
    if not len(showing):
        return ""
    # A partner with few interactions says more than a hub.
    degrees = np.diff(shown.near.partners.indptr)[showing]
    named = _names(shown.near.graph, showing[np.lexsort((showing, degrees))])
    tested = int(shown.is_tested[partners].sum())
    return f"interacts with {named}, called for this term ({len(showing)} of {tested} tested partners)"


def _shared(shown: Shown, gene: int) -> Iterator[str]:
    """Name for each kind the gene's node whose members are called most beyond chance."""
    for kind, members in shown.near.members.items():
        membership = shown.near.graph.memberships[kind]
        nodes = _row(membership.weights, gene)
        if not len(nodes) or shown.lift[kind][nodes].max() <= 1.0:
            continue
        node = int(nodes[shown.lift[kind][nodes].argmax()])
        others = _row(members, node)
        showing = others[shown.is_called[others]]
        title = _title(membership.node_ids[node], membership.node_names[node])
        named, tested = _names(shown.near.graph, showing), int(shown.is_tested[others].sum())
        yield f"shares {SHARED[kind]} {title} with {named}, called for this term ({len(showing)} of {tested} tested)"


def _title(node_id: str, name: str) -> str:
    return name if name in (node_id, "") else f"{name} ({node_id})"


def _names(graph: KnowledgeGraph, genes: Iterable[int]) -> str:
    symbols = [graph.symbols[gene] for gene in genes]
    more = f" and {len(symbols) - NAMED} more" if len(symbols) > NAMED else ""
    return ", ".join(symbols[:NAMED]) + more


def _row(matrix: Matrix, row: int) -> NDArray[np.int64]:
    return np.sort(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]).astype(np.int64)
