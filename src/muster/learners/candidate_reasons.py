"""Why a gene may belong to a set, in words: by name who it interacts with, who lies between, what else is alike."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from muster.learners.candidate_graph import CandidateGraph
from muster.learners.gene_sets import Genes

#: Log odds below which a group of features is not worth a sentence.
LITTLE = 0.1
NAMED, SAID = 4, 5
#: A rank beyond the first twentieth is no reason.
FIRST = 0.05


@dataclass(frozen=True)
class Question:
    """The set, and the numbers of all genes about it."""

    members: Genes
    names: list[str]
    values: NDArray[np.float32]
    """genes x features"""

    def value(self, gene: int, name: str) -> float:
        """Return one number of a gene."""
        return float(self.values[gene, self.names.index(name)])


def reasons(graph: CandidateGraph, question: Question, gene: int, contributions: NDArray[np.float32]) -> list[str]:
    """Return what speaks for a gene, strongest first; its partners in the set come first in any case.

    Args:
        graph: names and edges.
        question: the set.
        gene: its place.
        contributions: what each feature adds to its score, in log odds (the last is the base).
    """
    added: dict[str, float] = {}
    for name, value in zip(question.names, contributions, strict=False):
        added[group_of(name)] = added.get(group_of(name), 0.0) + float(value)
    ordered = sorted((group for group in SENTENCES if added.get(group, 0.0) > LITTLE), key=lambda name: -added[name])
    said = [_partners(graph, question, gene), *(SENTENCES[group](graph, question, gene) for group in ordered)]
    return [sentence for sentence in said if sentence][:SAID]


def group_of(feature: str) -> str:
    """Return what a feature is about.

    >>> [group_of(name) for name in ("rank of the walk in string", "paths family", "coexpression by stage")]
    ['walk', 'family', 'expression']
    """
    if "family" in feature:
        return "family"
    starts = {"walk": "walk", "rank of the walk": "walk", "paths": "paths", "coexpression": "expression"}
    starts |= {"likeness": "place", "rank of the likeness": "place"}
    return next((group for start, group in starts.items() if feature.startswith(start)), "partners")


def _partners(graph: CandidateGraph, question: Question, gene: int) -> str | None:
    near = question.members[_edges(graph, gene)[question.members]]
    # The partner with the fewest others says most.
    near = near[np.argsort(graph.central[near, 0], kind="stable")]
    if not len(near):
        return None
    return f"interacts with {len(near)} of {len(question.members)} of the set: {_named(graph, near)}"


def _walk(graph: CandidateGraph, question: Question, gene: int) -> str | None:
    place = question.names.index("walk in any network")
    outside = np.delete(question.values[:, place], question.members)
    rank = 1 + int((outside > question.values[gene, place]).sum())
    return f"random walk rank {rank:,} of {len(outside):,}" if rank <= FIRST * len(outside) else None


def _paths(graph: CandidateGraph, question: Question, gene: int) -> str | None:
    between = np.flatnonzero(_edges(graph, gene))
    between = between[~np.isin(between, question.members)]
    if not len(between):
        return None
    counts = question.values[between, question.names.index("degree among the set")]
    # Hubs lie between any two genes: of those that reach as many members the one with fewest partners is named.
    best = np.lexsort((graph.central[between, 0], -counts / np.sqrt(np.maximum(graph.central[between, 0], 1.0))))[0]
    if counts[best] < 2:  # noqa: PLR2004 - one member among a gene's partners is no surprise
        return None
    members = f"{int(counts[best])} of the set"
    return f"its partner {graph.known.symbols[between[best]]} interacts with {members}"


def _family(graph: CandidateGraph, question: Question, gene: int) -> str | None:
    families = graph.known.memberships["family"].edges("family")
    own = families[[gene]].indices
    kin = question.members[np.asarray(families[question.members][:, own].sum(axis=1)) > 0]
    return f"of one family with {_named(graph, kin)}" if len(kin) else "partners of the set's gene families"


def _expression(graph: CandidateGraph, question: Question, gene: int) -> str | None:
    names = [name for name in question.names if name.startswith("coexpression by ")]
    found = {name.removeprefix("coexpression by "): question.value(gene, name) for name in names}
    told = [f"{value:.2f} over {kind}s" for kind, value in found.items() if value > LITTLE]
    return f"expressed like the set (mean correlation {', '.join(told)})" if told else None


def _place(graph: CandidateGraph, question: Question, gene: int) -> str:
    likeness = graph.vectors[question.members] @ graph.vectors[gene]
    nearest = question.members[int(likeness.argmax())]
    return f"lies in the network like {graph.known.symbols[nearest]} (cosine {likeness.max():.2f})"


def _edges(graph: CandidateGraph, gene: int) -> NDArray[np.bool_]:
    found = np.zeros(graph.partners.shape[0], dtype=np.bool_)
    found[graph.partners[[gene]].indices] = True
    return found


def _named(graph: CandidateGraph, genes: Genes) -> str:
    more = f" and {len(genes) - NAMED} more" if len(genes) > NAMED else ""
    return ", ".join(graph.known.symbols[gene] for gene in genes[:NAMED]) + more


SENTENCES: dict[str, Callable[[CandidateGraph, Question, int], str | None]] = {
    "walk": _walk,
    "paths": _paths,
    "family": _family,
    "expression": _expression,
    "place": _place,
}
