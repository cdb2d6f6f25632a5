"""The strongest single paths behind a path count: gene by gene, by name, with the weight each adds.

A metapath feature (`graph/metapaths.py`) is a sum over all paths from a gene to the called genes, each weighted by the
product of its edges, an edge by its ends' degrees to the power -1/2 (Himmelstein's DWPC). Here the same sum is taken
apart. Paths come out strongest first and none is listed to find it: a node's bound is the best that can still follow
(the largest product of edges from it to a called gene), one sweep over the edges a term, and a path is only unfolded
while its bound is the highest (A*). A path never visits a gene twice, exactly as in the count.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from muster.graph.hops import Hop, Values
from muster.graph.knowledge import KnowledgeGraph, Matrix

SOURCES = {"string": "STRING", "biogrid": "BioGRID"}
LONGEST_NAME = 60


@dataclass(frozen=True)
class Step:
    """One edge of a metapath: the weights from the nodes it leaves to those it reaches."""

    edges: Matrix
    kind: str
    to_genes: bool


@dataclass(frozen=True)
class Path:
    """One path: the places it visits, genes and shared nodes as the steps have it, and its weight."""

    places: tuple[int, ...]
    weight: float


@dataclass(frozen=True)
class Trail:
    """A metapath on its way to the called genes of one term."""

    steps: list[Step]
    bounds: list[Values]
    """by step, over the nodes it reaches: the best product of edges that can still follow; 0 where none is called"""


def steps_of(hops: dict[str, Hop], metapath: str) -> list[Step]:
    """Return the edges of a metapath; a hop through a shared node has two."""
    found: list[Step] = []
    for kind in metapath.split("."):
        hop = hops[kind]
        found.append(Step(hop.out, kind, to_genes=hop.back is None))
        if hop.back is not None:
            found.append(Step(hop.back, kind, to_genes=True))
    return found


def trails(hops: dict[str, Hop], metapaths: list[str], is_called: NDArray[np.bool_]) -> dict[str, Trail]:
    """Return each metapath with its bounds for these called genes; what two of them end with is swept once."""
    swept: dict[tuple[str, ...], Values] = {(): is_called.astype(np.float64)}
    found = {}
    for metapath in metapaths:
        steps = steps_of(hops, metapath)
        endings = [tuple(_edge_name(step) for step in steps[place + 1 :]) for place in range(len(steps))]
        for place in reversed(range(len(steps) - 1)):
            if endings[place] not in swept:
                swept[endings[place]] = _best_in_row(steps[place + 1].edges, swept[endings[place + 1]])
        found[metapath] = Trail(steps, [swept[ending] for ending in endings])
    return found


def _edge_name(step: Step) -> str:
    return f"{step.kind}{'>' if step.to_genes else '<'}"


def _best_in_row(edges: Matrix, following: Values) -> Values:
    best = np.zeros(edges.shape[0])
    occupied = np.diff(edges.indptr) > 0
    if occupied.any():
        starts = edges.indptr[:-1][occupied]
        best[occupied] = np.maximum.reduceat(edges.data * following[edges.indices], starts)
    return best


def strongest(trail: Trail, gene: int) -> Iterator[Path]:
    """Yield the paths from a gene to called genes, strongest first; all of them add up to the gene's path count."""
    order = count()
    heap: list[tuple[float, int, tuple[int, ...], tuple[Values, Values, Values], int]] = []

    def unfold(places: tuple[int, ...], weight: float) -> None:
        siblings = _siblings(trail, places, weight)
        if len(siblings[0]):
            heapq.heappush(heap, (-float(siblings[1][0]), next(order), places, siblings, 0))

    unfold((gene,), 1.0)
    while heap:
        _, _, places, siblings, first = heapq.heappop(heap)
        if first + 1 < len(siblings[0]):
            heapq.heappush(heap, (-float(siblings[1][first + 1]), next(order), places, siblings, first + 1))
        reached, weight = (*places, int(siblings[0][first])), float(siblings[2][first])
        if len(reached) > len(trail.steps):
            yield Path(reached, weight)
        else:
            unfold(reached, weight)


def _siblings(trail: Trail, places: tuple[int, ...], weight: float) -> tuple[Values, Values, Values]:
    """Return the nodes one edge further that can still end at a called gene, best first: place, bound, weight."""
    number = len(places) - 1
    step = trail.steps[number]
    row = slice(step.edges.indptr[places[-1]], step.edges.indptr[places[-1] + 1])
    nodes, weights = step.edges.indices[row], weight * step.edges.data[row]
    bounds = weights * trail.bounds[number][nodes]
    kept = bounds > 0
    if step.to_genes:
        for visited, before in zip(places[1:], trail.steps, strict=False):
            if before.to_genes:
                kept &= nodes != visited
        kept &= nodes != places[0]
    nodes, weights, bounds = nodes[kept], weights[kept], bounds[kept]
    best_first = np.argsort(-bounds, kind="stable")
    return nodes[best_first], bounds[best_first], weights[best_first]


def in_words(graph: KnowledgeGraph, trail: Trail, path: Path) -> str:
    """Return a path by name, e.g. `Abc1 -STRING- Def2 -GO:0007507 (heart development)- Ghi3`."""
    told = graph.symbols[path.places[0]]
    for step, place in zip(trail.steps, path.places[1:], strict=True):
        if not step.to_genes:
            membership = graph.memberships[step.kind]
            told += f" -{titled(membership.node_ids[place], membership.node_names[place])}- "
        elif step.kind in graph.memberships:
            told += graph.symbols[place]
        else:
            told += f" -{SOURCES.get(step.kind, step.kind)}- {graph.symbols[place]}"
    return told


def titled(node_id: str, name: str) -> str:
    """Return a node's id with its name, where it has one.

    >>> titled("GO:0007507", "heart development"), titled("PTHR10003", "")
    ('GO:0007507 (heart development)', 'PTHR10003')
    """
    if node_id.endswith(name):
        return node_id
    short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"
    return f"{node_id} ({short})"
