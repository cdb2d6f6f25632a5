"""What is known of genes before anybody asks about a set: networks, families, expression, place; never a pathway."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from muster.graph.centrality import centralities
from muster.graph.embedding import embed
from muster.graph.knowledge import PROFILE_KINDS, KnowledgeGraph, Matrix
from muster.graph.metapaths import Hops, make_hops, path_counts, usable
from muster.graph.walks import stochastic

Floats = NDArray[np.float64]

#: Pathways are what is to be predicted; GO is read only where a metapath names it.
NEVER = frozenset({"reactome"})
ALWAYS = PROFILE_KINDS | {"family"}


@dataclass(frozen=True)
class CandidateGraph:
    """A knowledge graph without pathways and what every question asks of it; genes in the order of `gene_ids`."""

    known: KnowledgeGraph
    scores: dict[str, Matrix]
    partners: Matrix
    """genes x genes, 0 or 1: an interaction of any source"""
    weights: Matrix
    """the same edges; each source adds its score, or 1 where it gives none"""
    chances: dict[str, Matrix]
    """network -> chances of a step of a random walk"""
    hops: Hops
    metapaths: list[str]
    reach: Floats
    """genes x metapaths: the paths to all other genes"""
    profiles: dict[str, Floats]
    """kind of expression -> genes x samples, each row centred and of length 1; NaN where not measured"""
    vectors: Floats
    """genes x directions, each row of length 1"""
    central: Floats
    """genes x `centrality.MEASURES`"""


@dataclass(frozen=True)
class Place:
    """What takes long to compute and is kept with a model."""

    vectors: Floats
    central: Floats


def without_pathways(graph: KnowledgeGraph, metapaths: Iterable[str]) -> KnowledgeGraph:
    """Return the graph with the kinds that a model of gene sets may see."""
    kinds = (ALWAYS | {kind for metapath in metapaths for kind in metapath.split(".")}) - NEVER
    seen = {kind: found for kind, found in graph.memberships.items() if kind in kinds}
    networks = {name: edges for name, edges in graph.interactions.items() if name in kinds}
    return KnowledgeGraph(graph.gene_ids, graph.symbols, networks, seen)


def place_genes(graph: KnowledgeGraph, scores: Mapping[str, Matrix], dimensions: int, *, seed: int) -> Place:
    """Return the embedding and the centrality of the genes of a graph without pathways."""
    return Place(
        embed(graph, dimensions).astype(np.float64), centralities(graph.partners, _weights(graph, scores), seed=seed)
    )


def make_candidate_graph(
    graph: KnowledgeGraph, scores: Mapping[str, Matrix], metapaths: Iterable[str], place: Place
) -> CandidateGraph:
    """Return a graph without pathways, ready for questions."""
    used = usable(graph, metapaths)
    hops = make_hops(graph, used)
    everyone = np.ones((len(graph.gene_ids), 1))
    weights = _weights(graph, scores)
    networks = (
        {"any network": weights, **graph.interactions} if len(graph.interactions) > 1 else {"any network": weights}
    )
    return CandidateGraph(
        known=graph,
        scores=dict(scores),
        partners=graph.partners,
        weights=weights,
        chances={name: stochastic(edges) for name, edges in networks.items()},
        hops=hops,
        metapaths=used,
        reach=np.column_stack([everyone[:, :0], *(count for _, count in path_counts(hops, used, everyone))]),
        profiles={
            kind: _centred(graph.memberships[kind].weights)
            for kind in sorted(PROFILE_KINDS)
            if kind in graph.memberships
        },
        vectors=_unit(place.vectors),
        central=place.central,
    )


def _weights(graph: KnowledgeGraph, scores: Mapping[str, Matrix]) -> Matrix:
    parts = [scores.get(name, edges) for name, edges in graph.interactions.items()]
    return sum(parts, sparse.csr_array((len(graph.gene_ids),) * 2)).tocsr()


def _centred(levels: Matrix) -> Floats:
    dense = np.log1p(levels.toarray())
    measured = np.diff(levels.indptr) > 0
    found = _unit(dense - dense.mean(axis=1, keepdims=True))
    found[~measured] = np.nan
    return found


def _unit(rows: Floats) -> Floats:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    units: Floats = np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)
    return units
