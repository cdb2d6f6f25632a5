"""Degree-weighted path counts (Himmelstein 2017): how strongly a gene is tied to the genes of a label set.

A metapath is written by its hops: `string` is gene-interaction-gene, `go` is gene-GO term-gene, `string.go` is
gene-interaction-gene-GO term-gene. No matrix over all pairs of genes is ever made: a count over paths is a chain of
sparse products with the labels, so hundreds of terms and all their folds are one product.

A path never visits a gene or a node twice; walks that do are taken off (`repeats.py`). Counted are metapaths of up to
four edges (a hop through a node has two): one to three interactions, one or two of them with one shared node anywhere,
and two shared nodes of different kinds. Refused are four interactions in a row and the same kind of node twice, for
which hetmatpy has no closed form either.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from muster.graph.hops import Hop, MetapathError, Values, make_hop
from muster.graph.knowledge import KnowledgeGraph
from muster.graph.repeats import Repeats, find_repeats

DAMPING = 0.5
LONGEST = 4
"""Edges of a metapath."""
MOST_HOPS = 3


@dataclass(frozen=True)
class Hops:
    """What a list of metapaths is made of, ready for any labels."""

    by_kind: dict[str, Hop]
    repeats: dict[str, Repeats]
    """by metapath of two hops or more"""


def usable(graph: KnowledgeGraph, metapaths: Iterable[str]) -> list[str]:
    """Return the metapaths whose every hop the graph has edges for."""
    known = graph.interactions.keys() | graph.memberships.keys()
    return [metapath for metapath in metapaths if set(metapath.split(".")) <= known]


def make_hops(graph: KnowledgeGraph, metapaths: Iterable[str], damping: float = DAMPING) -> Hops:
    """Return the weighted hops of these metapaths, and the walks along them that are no paths."""
    listed = list(metapaths)
    hops = {kind: make_hop(graph, kind, damping) for metapath in listed for kind in metapath.split(".")}
    chains = {metapath: _chain(hops, metapath) for metapath in listed}
    return Hops(hops, {metapath: find_repeats(chain) for metapath, chain in chains.items() if len(chain) > 1})


def path_counts(hops: Hops, metapaths: Iterable[str], labels: Values) -> Iterator[tuple[str, Values]]:
    """Yield each metapath with, per gene and column of `labels`, the weighted paths to the labelled genes.

    Paths never visit a gene twice, so a gene's own label is never counted.
    """
    walked: dict[str, Values] = {}
    for metapath in metapaths:
        chain = _chain(hops.by_kind, metapath)
        if len(chain) == 1:
            yield metapath, _walked(hops.by_kind, metapath, labels, walked)
            continue
        if metapath not in hops.repeats:
            raise MetapathError(f"{metapath}: not among the metapaths that these hops were made for")
        rest = _walked(hops.by_kind, metapath.partition(".")[2], labels, walked)
        counts, repeats = chain[0](rest), hops.repeats[metapath]
        if repeats.there_and_back is None:
            yield metapath, counts - repeats.first[:, None] * labels
            continue
        counts -= repeats.first[:, None] * _walked(hops.by_kind, metapath.rpartition(".")[2], labels, walked)
        counts -= chain[0](repeats.last[:, None] * labels)
        counts += repeats.there_and_back @ labels
        yield metapath, counts - repeats.closed[:, None] * labels


def _chain(hops: dict[str, Hop], metapath: str) -> list[Hop]:
    """Return the hops of a metapath that can be counted."""
    kinds = metapath.split(".")
    if unknown := [kind for kind in kinds if kind not in hops]:
        raise MetapathError(f"{metapath}: no hop was made for {', '.join(unknown)}")
    shared = [kind for kind in kinds if hops[kind].back is not None]
    if len(set(shared)) < len(shared):
        raise MetapathError(
            f"{metapath}: two hops through shared nodes of one kind reach nearly every gene and may repeat a node; "
            "use an interaction for one of them"
        )
    if len(kinds) + len(shared) > LONGEST:
        raise MetapathError(f"{metapath}: {len(kinds) + len(shared)} edges; a metapath has at most {LONGEST}")
    if len(kinds) > MOST_HOPS:
        raise MetapathError(f"{metapath}: a metapath has at most {MOST_HOPS} hops; replace some by a shared node")
    return [hops[kind] for kind in kinds]


def _walked(hops: dict[str, Hop], metapath: str, labels: Values, walked: dict[str, Values]) -> Values:
    """Return the walks (repeats and all) along a metapath, each beginning remembered for the next that ends alike."""
    if metapath not in walked:
        first, _, rest = metapath.partition(".")
        walked[metapath] = hops[first](_walked(hops, rest, labels, walked) if rest else labels)
    return walked[metapath]
