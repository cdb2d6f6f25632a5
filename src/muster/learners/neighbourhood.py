"""What surrounds a gene, in the form that names are looked up in, and who of it shows a term."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from muster.graph.knowledge import KnowledgeGraph, Matrix
from muster.graph.metapaths import Hops
from muster.learners.evidence import Walker
from muster.learners.feature_matrix import FeatureMatrix
from muster.learners.labels import CALLED, UNTESTED
from muster.learners.tissues import TermTissues, Tissues, read_tissues, tissues_of_term

NAMED = 3
FEWEST = 2
SHARED = {
    "reactome": "pathway",
    "go": "GO term",
    "family": "gene family",
    "hpo": "human phenotype",
    "disease": "human disease",
}
DARK_RANK = 0.0
"""The place of IDG's level Tdark in `graph/summary.py`: next to nothing is known of the human orthologue."""


@dataclass(frozen=True)
class Neighbourhood:
    """The graph and the genes' vectors, ready for any term."""

    graph: KnowledgeGraph
    metapaths: list[str]
    hops: Hops
    partners: Matrix
    degrees: NDArray[np.int64]
    belongs: dict[str, Matrix]
    """kind -> genes x nodes, 0 or 1: what a path may walk, so no term that is only inherited"""
    members: dict[str, Matrix]
    """The same, nodes x genes."""
    directions: NDArray[np.float32]
    """genes x dimensions: the embedding, each of length 1 (0 where the gene has none)"""
    is_dark: NDArray[np.bool_]
    """IDG target level Tdark"""
    tissues: Tissues | None


@dataclass(frozen=True)
class Shown:
    """Who shows a term, and how many of a node's members do."""

    near: Neighbourhood
    is_called: NDArray[np.bool_]
    is_tested: NDArray[np.bool_]
    prevalence: float
    called: dict[str, NDArray[np.float64]]
    """kind -> node: called members"""
    tested: dict[str, NDArray[np.float64]]
    lift: dict[str, NDArray[np.float64]]
    """kind -> node: called over expected among its tested members, shrunk towards 1; 0 where fewer than two are."""
    tissues: TermTissues | None

    @property
    def is_normal(self) -> NDArray[np.bool_]:
        """Tested and not called."""
        return self.is_tested & ~self.is_called


def make_neighbourhood(walker: Walker, features: FeatureMatrix) -> Neighbourhood:
    """Return the graph and the genes' static features, ready for looking up names."""
    graph = walker.graph
    belongs = {kind: graph.memberships[kind].edges(kind) for kind in SHARED if kind in graph.memberships}
    partners = graph.partners
    return Neighbourhood(
        graph=graph,
        metapaths=walker.metapaths,
        hops=walker.hops,
        partners=partners,
        degrees=np.diff(partners.indptr).astype(np.int64),
        belongs=belongs,
        members={kind: edges.T.tocsr() for kind, edges in belongs.items()},
        directions=_directions(features),
        is_dark=features.column("target_level_rank") == DARK_RANK,
        tissues=read_tissues(graph),
    )


def _directions(features: FeatureMatrix) -> NDArray[np.float32]:
    columns = [place for place, name in enumerate(features.names) if name.startswith("embedding_")]
    vectors = np.nan_to_num(features.values[:, columns])
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return unit


def shown(near: Neighbourhood, states: NDArray[np.int8]) -> Shown:
    """Return who shows the term of these states (one a gene), and how often members of each node do."""
    is_called, is_tested = states == CALLED, states != UNTESTED
    prevalence = float(is_called.sum() / max(is_tested.sum(), 1))
    called = {kind: members @ is_called.astype(np.float64) for kind, members in near.members.items()}
    tested = {kind: members @ is_tested.astype(np.float64) for kind, members in near.members.items()}
    lift = {
        kind: np.where(called[kind] >= FEWEST, (called[kind] + 1) / (tested[kind] * prevalence + 1), 0.0)
        for kind in near.members
    }
    tissues = tissues_of_term(near.tissues, is_called, is_tested) if near.tissues else None
    return Shown(near, is_called, is_tested, prevalence, called, tested, lift, tissues)


def named(near: Neighbourhood, genes: Iterable[int]) -> str:
    """Return the symbols of the first genes and how many more there are."""
    symbols = [near.graph.symbols[gene] for gene in genes]
    more = f" and {len(symbols) - NAMED} more" if len(symbols) > NAMED else ""
    return ", ".join(symbols[:NAMED]) + more


def row_of(matrix: Matrix, row: int) -> NDArray[np.int64]:
    """Return the columns that a row has entries in, sorted."""
    return np.sort(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]).astype(np.int64)
