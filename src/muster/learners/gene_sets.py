"""Gene sets to learn from: Reactome pathways, which belong together, and which of their genes are hidden."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from muster.graph.knowledge import Membership

Genes = NDArray[np.int64]

#: Two sets that share more of their genes than this (Jaccard) are one set told twice.
ALIKE = 0.5
#: Genes on either side by degree that have about as many interactions as a gene.
NEXT = 100


@dataclass(frozen=True)
class GeneSet:
    """A set of genes with some hidden: what is shown is the question, what is hidden the answer."""

    set_id: str
    name: str
    group: str
    """Sets of one group are never on two sides of a split."""
    shown: Genes
    hidden: Genes


def read_sets(membership: Membership, *, smallest: int, largest: int) -> dict[str, Genes]:
    """Return the genes of every node of a size (both ends included), by node id."""
    members = membership.edges("reactome").tocsc()
    sizes = np.diff(members.indptr)
    return {
        membership.node_ids[node]: np.sort(members.indices[members.indptr[node] : members.indptr[node + 1]])
        for node in np.flatnonzero((sizes >= smallest) & (sizes <= largest))
    }


def group_sets(sets: dict[str, Genes], genes: int) -> dict[str, str]:
    """Return the group of each set: sets that are alike or lie one in the other are joined, and so on.

    A pathway's genes are those of its parts too, so that parent and child in Reactome's hierarchy are one group.

    >>> group_sets({"a": np.arange(10), "b": np.arange(8), "c": np.arange(9, 20)}, 20)
    {'a': 'a', 'b': 'a', 'c': 'c'}
    """
    names = list(sets)
    ends = (np.concatenate(list(sets.values())), np.repeat(np.arange(len(names)), [len(sets[name]) for name in names]))
    member = sparse.csr_array((np.ones(len(ends[0])), ends), (genes, len(names)))
    shared = sparse.triu(member.T @ member, 1).tocoo()
    size = np.asarray(member.sum(axis=0))
    one, other = size[shared.row], size[shared.col]
    alike = (shared.data / (one + other - shared.data) > ALIKE) | (shared.data == np.minimum(one, other))
    graph = nx.Graph()
    graph.add_nodes_from(names)
    graph.add_edges_from(
        (names[row], names[col]) for row, col in zip(shared.row[alike], shared.col[alike], strict=True)
    )
    groups = {name: min(joined) for joined in nx.connected_components(graph) for name in joined}
    return {name: groups[name] for name in names}


def hide(set_id: str, genes: Genes, gene_ids: Sequence[str], *, share: float, seed: int) -> tuple[Genes, Genes]:
    """Return the genes shown and those hidden; who is hidden depends on the names alone, so releases agree.

    >>> [part.tolist() for part in hide("R-1", np.array([0, 1, 2, 3]), ["a", "b", "c", "d"], share=0.25, seed=17)]
    [[0, 2, 3], [1]]
    """
    drawn = np.argsort([draw(f"{seed}:{set_id}:{gene_ids[gene]}") for gene in genes], kind="stable")
    count = max(1, round(share * len(genes)))
    return np.sort(genes[drawn[count:]]), np.sort(genes[drawn[:count]])


def choose(groups: dict[str, str], most: int, *, seed: int) -> list[str]:
    """Return at most so many sets of each group, so that a much divided part of biology does not outweigh the rest."""
    by_group: dict[str, list[str]] = {}
    for name in sorted(groups, key=lambda name: draw(f"{seed}:{name}")):
        by_group.setdefault(groups[name], []).append(name)
    return sorted(name for names in by_group.values() for name in islice(names, most))


def fold_of(group: str, *, folds: int, seed: int) -> int:
    """Return the fold of a group of sets, from its name alone."""
    return draw(f"{seed}:{group}") % folds


def draw(text: str) -> int:
    """Return a number drawn by a text: the same on every machine, and unlike for unlike texts."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def order_by_degree(degree: NDArray[np.float64]) -> Genes:
    """Return all genes, those with fewest interactions first, in an order of chance where they have as many.

    Accessions were given to whole families in a row: in their order, genes beside each other would be alike.
    """
    shuffled = np.random.default_rng(0).permutation(len(degree))
    return shuffled[np.argsort(degree[shuffled], kind="stable")]


def next_by_degree(by_degree: Genes, place: int) -> Genes:
    """Return the genes around a place in the order of degrees, as many before it as after it, itself in the middle.

    >>> next_by_degree(np.arange(1000), 998).tolist(), len(next_by_degree(np.arange(1000), 500))
    ([997, 998, 999], 201)
    """
    width = min(NEXT, len(by_degree) // 10, place, len(by_degree) - 1 - place)
    return by_degree[place - width : place + width + 1]


def batches(sets: Sequence[GeneSet], size: int) -> Iterator[Sequence[GeneSet]]:
    """Yield the sets so many at a time."""
    for start in range(0, len(sets), size):
        yield sets[start : start + size]
