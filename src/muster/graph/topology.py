"""Where a gene stands among its interactions: partners by source, how central, how close its partners are."""

import networkx
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from muster.graph.centrality import clustering
from muster.graph.knowledge import KnowledgeGraph, Matrix

Floats = NDArray[np.float64]

#: PageRank as published: Page et al. 1999; fifty steps leave less than a thousandth of a gene's share to come.
DAMPING, STEPS = 0.85, 50
#: Sources whose triangles are counted; a product of BioGRID's 660,000 edges with itself takes long.
TRIANGLES_OF = ("string",)
SOURCES = ("string", "biogrid")


def topology(graph: KnowledgeGraph) -> dict[str, Floats]:
    """Return columns of one number a gene; a source that is absent gives NaN, a gene without partners zero."""
    size, partners = len(graph.gene_ids), graph.partners
    unknown = np.full(size, np.nan)
    columns = {"interaction_degree": degree(partners)}
    for source in SOURCES:
        columns[f"{source}_degree"] = degree(graph.interactions[source]) if source in graph.interactions else unknown
    for source in TRIANGLES_OF:
        edges = graph.interactions.get(source, sparse.csr_array((size, size)))
        columns[f"{source}_clustering"] = np.where(degree(edges) > 1, clustering(edges), np.nan)
    # Without any edge nobody is central: unknown, not equal.
    columns["core_number"] = core_number(partners) if partners.nnz else unknown
    columns["pagerank"] = pagerank(partners) if partners.nnz else unknown
    return columns


def degree(edges: Matrix) -> Floats:
    """Return the number of partners of each gene."""
    return np.asarray(edges.sum(axis=1), dtype=np.float64)


def core_number(edges: Matrix) -> Floats:
    """Return the largest k for which the gene is in the k-core: all within have k partners within.

    >>> core_number(sparse.csr_array([[0, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 1], [0, 0, 1, 0]])).tolist()
    [2.0, 2.0, 2.0, 1.0]
    """
    found = networkx.core_number(networkx.from_scipy_sparse_array(edges))
    return np.array([found[gene] for gene in range(edges.shape[0])], dtype=np.float64)


def pagerank(edges: Matrix) -> Floats:
    """Return how often a random walk that now and then starts anew is at each gene, times the number of genes.

    >>> pagerank(sparse.csr_array([[0, 1], [1, 0]])).round(6).tolist()
    [1.0, 1.0]
    """
    size, partners = edges.shape[0], degree(edges)
    walk = edges @ sparse.diags_array(1 / np.maximum(partners, 1))
    share = np.full(size, 1.0)
    for _ in range(STEPS):
        share = DAMPING * (walk @ share + share[partners == 0].sum() / size) + (1 - DAMPING)
    return share
