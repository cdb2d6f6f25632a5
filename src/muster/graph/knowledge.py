"""The published interactions and annotations of a release as sparse matrices over one sorted list of genes.

GO is closed over is_a where its ontology is among the companions; a term of which only one below it was annotated
weighs 0.5 and is no edge of a path. HPO comes as published: `genes_to_phenotype.txt` has direct terms only. What holds
is measured in `statistics`. What the mouse showed is in `phenotypes`, on request: it is what models predict.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from muster import lake

#: From this weight on an annotation is an edge that paths may use; below it is part of a profile, or of the closure.
EDGE_WEIGHTS = {"tissue": 2.0, "go": 1.0}

#: Kinds whose weights are a measured profile (every gene has some), not a list of memberships.
PROFILE_KINDS = frozenset({"tissue", "stage"})

Matrix: TypeAlias = sparse.csr_array


@dataclass(frozen=True)
class Membership:
    """Which genes belong to which nodes of one kind (GO terms, pathways, tissues, families)."""

    node_ids: list[str]
    node_names: list[str]
    weights: Matrix
    """genes x nodes"""

    def edges(self, kind: str) -> Matrix:
        """Return 1 where a gene belongs to a node strongly enough to walk through it."""
        kept = self.weights.copy()
        kept.data = (kept.data >= EDGE_WEIGHTS.get(kind, 0.0)).astype(np.float64)
        kept.eliminate_zeros()
        return kept


@dataclass(frozen=True)
class KnowledgeGraph:
    """Genes in the order of every row, their interactions by source and their memberships by kind."""

    gene_ids: list[str]
    symbols: list[str]
    interactions: dict[str, Matrix]
    """source -> genes x genes, symmetric, 0 or 1, empty diagonal"""
    memberships: dict[str, Membership]

    @property
    def partners(self) -> Matrix:
        """Every interaction of any source."""
        union = sum(self.interactions.values(), sparse.csr_array((len(self.gene_ids),) * 2))
        union.data[:] = 1.0
        return union.tocsr()


def read_graph(release: str) -> KnowledgeGraph:
    """Return the knowledge graph of the current build of `release`; an absent mart gives no edges."""
    genes = lake.read(release, "genes", "gene_id, coalesce(symbol, gene_id) as symbol").order("gene_id").fetchnumpy()
    gene_ids = [str(gene_id) for gene_id in genes["gene_id"]]
    return KnowledgeGraph(
        gene_ids=gene_ids,
        symbols=[str(symbol) for symbol in genes["symbol"]],
        interactions=_interactions(release, gene_ids) if lake.has(release, "interactions") else {},
        memberships=_memberships(release, gene_ids) if lake.has(release, "annotations") else {},
    )


def _interactions(release: str, gene_ids: list[str]) -> dict[str, Matrix]:
    edges = lake.read(release, "interactions", "gene_id_a, gene_id_b, source").order("all").fetchnumpy()
    rows, columns = positions(gene_ids, edges["gene_id_a"]), positions(gene_ids, edges["gene_id_b"])
    known = (rows >= 0) & (columns >= 0) & (rows != columns)
    return {
        str(source): symmetric(rows[chosen], columns[chosen], len(gene_ids))
        for source in np.unique(edges["source"].astype(str))
        if (chosen := known & (edges["source"] == source)).any()
    }


def read_scores(release: str, gene_ids: list[str]) -> dict[str, Matrix]:
    """Return the scores of the interactions of each source that gives any: genes x genes, symmetric."""
    if not lake.has(release, "interactions"):
        return {}
    scored = lake.read(release, "interactions", "gene_id_a, gene_id_b, source, score").filter("score is not null")
    edges = scored.order("all").fetchnumpy()
    rows, columns = positions(gene_ids, edges["gene_id_a"]), positions(gene_ids, edges["gene_id_b"])
    known = (rows >= 0) & (columns >= 0) & (rows != columns)
    found = {}
    for source in np.unique(edges["source"].astype(str)):
        chosen = known & (edges["source"] == source)
        ends, size = (rows[chosen], columns[chosen]), (len(gene_ids),) * 2
        upper = sparse.csr_array((edges["score"][chosen].astype(float), ends), size)
        found[str(source)] = (upper + upper.T).tocsr()
    return found


def _memberships(release: str, gene_ids: list[str]) -> dict[str, Membership]:
    columns = "gene_id, node_id, node_kind, any_value(node_name) as node_name, max(coalesce(weight, 1)) as weight"
    annotations = lake.read(release, "annotations")
    edges = annotations.aggregate(columns).order("node_kind, node_id, gene_id").fetchnumpy()
    rows = positions(gene_ids, edges["gene_id"])
    return {
        str(kind): _membership(edges, (edges["node_kind"] == kind) & (rows >= 0), rows, len(gene_ids))
        for kind in np.unique(edges["node_kind"].astype(str))
    }


def _membership(edges: dict[str, Any], chosen: NDArray[np.bool_], rows: NDArray[np.int64], size: int) -> Membership:
    node_ids, first, columns = np.unique(edges["node_id"][chosen].astype(str), return_index=True, return_inverse=True)
    names = edges["node_name"][chosen][first]
    weights = sparse.csr_array((edges["weight"][chosen].astype(float), (rows[chosen], columns)), (size, len(node_ids)))
    return Membership([str(node) for node in node_ids], [str(name) for name in names], weights)


def positions(gene_ids: list[str], wanted: NDArray[Any]) -> NDArray[np.int64]:
    """Return where each wanted gene stands in the sorted list, -1 where it does not.

    >>> positions(["MGI:1", "MGI:3"], np.array(["MGI:3", "MGI:2"])).tolist()
    [1, -1]
    """
    known = np.array(gene_ids, dtype=object)
    found = np.minimum(np.searchsorted(known, wanted.astype(object)), len(known) - 1)
    return np.where(known[found] == wanted, found, -1).astype(np.int64)


def symmetric(rows: NDArray[np.int64], columns: NDArray[np.int64], size: int) -> Matrix:
    """Return undirected edges as a symmetric 0/1 matrix."""
    ends = (np.concatenate([rows, columns]), np.concatenate([columns, rows]))
    matrix = sparse.csr_array((np.ones(len(ends[0])), ends), (size, size))
    matrix.data[:] = 1.0
    return matrix
