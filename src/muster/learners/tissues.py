"""Where the genes of a term are expressed more than tested genes are in general, and a gene that is not."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from muster.graph.knowledge import KnowledgeGraph, Matrix

#: A tissue belongs to a term where this many standard errors more of its called genes are expressed than of its tested.
TELLING = 3.0
FEWEST_MEASURED = 20
MOST = 0.5
"""And where at least so many of its called genes are expressed: a gene that lacks a rare tissue is like the others."""


@dataclass(frozen=True)
class Tissues:
    """In which tissues each gene is expressed at a medium level or more."""

    names: list[str]
    edges: Matrix
    """genes x tissues, 0 or 1"""
    is_measured: NDArray[np.bool_]


@dataclass(frozen=True)
class TermTissues:
    """The tissues that belong to a term, clearest first."""

    tissues: Tissues
    telling: NDArray[np.int64]
    called: NDArray[np.float64]
    """share of the measured called genes that are expressed there"""
    tested: NDArray[np.float64]


def read_tissues(graph: KnowledgeGraph) -> Tissues | None:
    """Return the tissues of a graph, None where it knows none."""
    membership = graph.memberships.get("tissue")
    if membership is None:
        return None
    is_measured = np.diff(membership.weights.indptr) > 0
    plain = zip(membership.node_ids, membership.node_names, strict=True)
    names = [(name or node).rpartition(":")[2].replace("_", " ").replace(".", ", ") for node, name in plain]
    return Tissues(names, membership.edges("tissue").tocsr(), is_measured)


def tissues_of_term(tissues: Tissues, is_called: NDArray[np.bool_], is_tested: NDArray[np.bool_]) -> TermTissues:
    """Return the tissues in which clearly more of the called genes are expressed than of all tested genes."""
    called, tested = (_shares(tissues, genes & tissues.is_measured) for genes in (is_called, is_tested))
    count = int((is_called & tissues.is_measured).sum())
    error = np.sqrt(np.maximum(tested * (1 - tested), 1e-9) / max(count, 1))
    excess = (called - tested) / error
    order = np.argsort(-excess, kind="stable")
    kept = order[(excess[order] > TELLING) & (called[order] >= MOST)] if count >= FEWEST_MEASURED else order[:0]
    return TermTissues(tissues, kept.astype(np.int64), called, tested)


def _shares(tissues: Tissues, genes: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.asarray(genes.astype(np.float64) @ tissues.edges) / max(int(genes.sum()), 1)


def missing_expression(term: TermTissues, gene: int) -> Iterator[str]:
    """Say in which tissue of the term the gene is not expressed; nothing for a gene that was not measured."""
    if not term.tissues.is_measured[gene]:
        return
    edges = term.tissues.edges
    expressed = edges.indices[edges.indptr[gene] : edges.indptr[gene + 1]]
    absent = term.telling[~np.isin(term.telling, expressed)]
    if len(absent):
        tissue = int(absent[0])
        yield (
            f"low or not detected in {term.tissues.names[tissue]}, where {term.called[tissue]:.0%} of the genes called "
            f"for this term are expressed and {term.tested[tissue]:.0%} of all tested genes"
        )
