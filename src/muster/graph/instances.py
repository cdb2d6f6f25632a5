"""The metapath features of ProteinGraphML (IDG): one column per pathway, GO term ... or partner that leads to a gene.

A path runs from any gene i through a node k to another gene j that shows the phenotype, or from i straight to j. With
y the labels, B genes x nodes (0 or 1), n and p the genes and the labelled genes at each node,

    middle_j = sum_k B_jk (n_k - 1)     edge_i = sum_k B_ik (p_k - y_i)     U = labelled genes with a path
    through a node:  F_ik = B_ik (U edge_i)^-1/2  mean of middle_j^-1/2 over labelled j at k other than i
    to a partner:    F_ij = score_ij (U degree_i degree_j)^-1/2, degrees counted among the edges to labelled genes

which needs no list of paths: each column is a few operations on the edges of its node. Two things differ from
ProteinGraphML on purpose. Of two labelled partners both get the feature (there only the one met first, which tells
labels apart on pure noise). And labels are an argument: hand over those of the training folds, and nothing of a
held-out label is in any number. A gene's own label is in none of its values but through U, a factor of all genes. Yet a
labelled gene has no column of its own and one labelled gene fewer around it than its neighbours have: take the rows
that a model is trained on from the labels of other folds too, as `learners/term_fit.py` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from muster.graph.knowledge import PROFILE_KINDS, KnowledgeGraph, Matrix

Values = NDArray[np.float64]
Labels = NDArray[np.bool_]


@dataclass(frozen=True)
class Features:
    """The columns that have a path; all others are zero."""

    columns: NDArray[np.int64]
    """which node, or which labelled gene, each column is about"""
    values: Matrix
    """genes x columns"""


@dataclass(frozen=True)
class NodeSource:
    """Genes and the nodes of one kind that they share, ready for any labels."""

    members: Matrix
    """genes x nodes, 0 or 1"""
    gene: NDArray[np.int32]
    """of each entry of `members`"""
    reach: Values
    """middle ** -0.5 by gene: it depends on no label; 0 for a gene that shares no node"""

    def features(self, labels: Labels) -> Features:
        """Return the features of all genes on the paths to the labelled ones."""
        node, nodes = self.members.indices, self.members.shape[1]
        own = labels[self.gene]
        labelled = np.flatnonzero(own)
        positives = np.bincount(node[labelled], minlength=nodes)
        reached = np.bincount(node[labelled], self.reach[self.gene[labelled]], nodes)
        others = positives[node] - own
        # An entry is kept where there is a path: somebody else at the node is labelled.
        kept = np.flatnonzero(others > 0)
        gene, node, others = self.gene[kept], node[kept], others[kept]
        edge = np.bincount(gene, others, len(labels))
        unique = np.count_nonzero(labels & (self.reach > 0))
        scale = (np.maximum(edge, 1.0) * max(unique, 1)) ** -0.5
        means = (reached[node] - np.where(labels, self.reach, 0.0)[gene]) / others
        return _features(means * scale[gene], gene, node, self.members.shape)


@dataclass(frozen=True)
class PartnerSource:
    """Genes and their scored interactions, ready for any labels."""

    scores: Matrix
    """genes x genes, symmetric, empty diagonal"""

    def features(self, labels: Labels) -> Features:
        """Return the features of all genes on the edges to the labelled ones."""
        # The matrix is symmetric: the rows of the labelled genes are their columns.
        chosen = self.scores[np.flatnonzero(labels)]
        degree = np.diff(chosen.indptr)
        gene = chosen.indices
        labelled = np.repeat(np.flatnonzero(labels), degree)
        edges = np.bincount(gene, minlength=len(labels))
        product = np.repeat(degree, degree) * edges[gene] * float(np.count_nonzero(degree))
        return _features(chosen.data * product**-0.5, gene, labelled, self.scores.shape)


Source: TypeAlias = NodeSource | PartnerSource


def node_source(members: Matrix) -> NodeSource:
    """Return what genes share, without labels; `members` is 1 where a gene belongs to a node and stores no zeros."""
    sizes = members.sum(axis=0)
    middle = members @ np.maximum(sizes - 1.0, 0.0)
    reach = np.where(middle > 0, np.maximum(middle, 1.0) ** -0.5, 0.0)
    gene = np.repeat(np.arange(members.shape[0], dtype=np.int32), np.diff(members.indptr))
    return NodeSource(members, gene, reach)


def make_sources(graph: KnowledgeGraph, scores: Mapping[str, Matrix] | None = None) -> dict[str, Source]:
    """Return all interactions and memberships of a graph as sources; a profile that every gene has leads nowhere.

    An interaction counts by its score (`knowledge.read_scores`), and as 1 where its source gives none.
    """
    scored = graph.interactions | dict(scores or {})
    nodes = {kind: node_source(found.edges(kind)) for kind, found in graph.memberships.items()}
    shared = {kind: source for kind, source in nodes.items() if kind not in PROFILE_KINDS}
    return {**{name: PartnerSource(scored[name]) for name in graph.interactions}, **shared}


def _features(values: Values, genes: NDArray[np.int32], columns: NDArray[np.int64], shape: tuple[int, int]) -> Features:
    """Return the entries as a matrix of the columns that have any."""
    occupied = np.bincount(columns, minlength=shape[1]) > 0
    place = np.cumsum(occupied, dtype=np.int64) - 1
    size = (shape[0], int(occupied.sum()))
    return Features(np.flatnonzero(occupied), sparse.coo_array((values, (genes, place[columns])), size).tocsr())
