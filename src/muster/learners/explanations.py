"""Why a gene ranks high, and what speaks against it: partners, pathways, paths and columns, by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster.graph.metapaths import path_counts
from muster.learners.against import against
from muster.learners.column_groups import by_metapath, factors, group_table
from muster.learners.labels import UNTESTED
from muster.learners.nearest import nearest_genes
from muster.learners.neighbourhood import SHARED, Neighbourhood, Shown, named, row_of, shown
from muster.learners.paths import Trail, in_words, strongest, titled, trails

NAMED = 3
EXPLAINED = 50
DARK = 10
"""Explained are the best untested genes of a term, and the best of those about which little is known (IDG Tdark)."""
BEYOND_CHANCE = 1.25
"""How many times more than expected of a node's members must be called for the node to be a reason."""
METAPATHS, PATHS = 4, 2
"""Told are the strongest paths of the metapaths that raise the score most."""


@dataclass(frozen=True)
class Roads:
    """The paths of one term, ready to be told."""

    trails: dict[str, Trail]
    totals: dict[str, NDArray[np.float64]]
    """by metapath: the path count of each gene to all called genes, as the final booster saw it"""


def chosen_genes(near: Neighbourhood, scores: NDArray[np.float32], states: NDArray[np.int8]) -> NDArray[np.int64]:
    """Return where the genes to be explained stand among the untested ones, best first."""
    untested = np.flatnonzero(states == UNTESTED)
    order = np.argsort(-scores[untested], kind="stable")
    dark = np.flatnonzero(near.is_dark[untested[order]])[:DARK]
    chosen: NDArray[np.int64] = order[np.union1d(np.arange(min(EXPLAINED, len(order))), dark)]
    return chosen


def explain_term(
    near: Neighbourhood,
    names: list[str],
    states: NDArray[np.int8],
    genes: NDArray[np.int64],
    contributions: NDArray[np.float32],
) -> dict[int, dict[str, Any]]:
    """Return what is to be said about each of these genes, by the gene's place.

    `contributions` has one row a gene: what each column of `names` adds to its score in log odds (SHAP), the base last.
    `reasons` and `against` are sentences; `groups` are log odds by group of columns and add up to the score; `paths`
    are the strongest paths to called genes with their weight and share of the gene's path count; `nearest` are the
    most similar tested genes.
    """
    if not len(genes):
        return {}
    term = shown(near, states)
    tables, metapaths = group_table(names, contributions), by_metapath(names, contributions)
    roads = _roads(near, term)
    similar = nearest_genes(term, genes)
    return {
        int(gene): {
            "reasons": [*_reasons(term, int(gene)), *_driven(tables[row]), *_also_known(term, int(gene))],
            "groups": tables[row],
            "paths": _paths(near, roads, int(gene), metapaths[row]),
            "nearest": similar[row],
            "against": against(term, int(gene), tables[row]),
        }
        for row, gene in enumerate(genes)
    }


def _roads(near: Neighbourhood, term: Shown) -> Roads:
    labels = term.is_called.astype(np.float64)[:, None]
    totals = {metapath: counts[:, 0] for metapath, counts in path_counts(near.hops, near.metapaths, labels)}
    return Roads(trails(near.hops.by_kind, near.metapaths, term.is_called), totals)


def _paths(near: Neighbourhood, roads: Roads, gene: int, added: dict[str, float]) -> list[dict[str, Any]]:
    """Tell the strongest paths along the metapaths that raise the score most."""
    raising = [name for name in near.metapaths if added.get(name, 0.0) > 0 and roads.totals[name][gene] > 0]
    return [
        {
            "metapath": name,
            "path": in_words(near.graph, roads.trails[name], path),
            "weight": float(f"{path.weight:.4g}"),
            "share": round(path.weight / roads.totals[name][gene], 4),
            "log_odds": added[name],
        }
        for name in sorted(raising, key=lambda name: -added[name])[:METAPATHS]
        for path in islice(strongest(roads.trails[name], gene), PATHS)
    ]


def _driven(groups: dict[str, float]) -> list[str]:
    told = factors(groups, raising=True, most=NAMED)
    return [f"score driven by {told}"] if told else []


def _reasons(term: Shown, gene: int) -> Iterator[str]:
    yield from _partners(term, gene)
    yield from _shared(term, gene, _walked(term.near))


def _also_known(term: Shown, gene: int) -> Iterator[str]:
    """Name nodes of kinds that no metapath walks: true of the gene, but hardly what made the score."""
    walked = _walked(term.near)
    others = [kind for kind in term.near.members if kind not in walked]
    yield from (f"also known: {told}" for told in _shared(term, gene, others))


def _partners(term: Shown, gene: int) -> Iterator[str]:
    partners = row_of(term.near.partners, gene)
    showing = partners[term.is_called[partners]]
    if len(showing):
        tested = int(term.is_tested[partners].sum())
        # A partner with few interactions says more than a hub.
        told = named(term.near, showing[np.lexsort((showing, term.near.degrees[showing]))])
        yield f"interacts with {told}, called for this term ({len(showing)} of {tested} tested partners)"


def _walked(near: Neighbourhood) -> list[str]:
    kinds = {kind for metapath in near.metapaths for kind in metapath.split(".")}
    return [kind for kind in near.members if kind in kinds]


def _shared(term: Shown, gene: int, kinds: list[str]) -> Iterator[str]:
    """Name for each of these kinds the gene's node whose members are called most beyond chance."""
    for kind in kinds:
        members, membership = term.near.members[kind], term.near.graph.memberships[kind]
        nodes = row_of(term.near.belongs[kind], gene)
        if not len(nodes) or term.lift[kind][nodes].max() < BEYOND_CHANCE:
            continue
        node = int(nodes[term.lift[kind][nodes].argmax()])
        others = row_of(members, node)
        showing = others[term.is_called[others]]
        title = titled(membership.node_ids[node], membership.node_names[node])
        told, tested = named(term.near, showing), int(term.is_tested[others].sum())
        yield f"shares {SHARED[kind]} {title} with {told}, called for this term ({len(showing)} of {tested} tested)"
