"""Numbers for every gene about one set of genes: QUACK's, and walks, paths, expression and place.

QUACK (Li 2018) asks how central a gene is among the set, in the whole network, and the ratio of the two. Among the set
means: in the network of the set and that gene, worked out for all genes at once. Degree and clustering are exact;
closeness is the harmonic mean over the set, exact; eigenvector centrality is one step of the power iteration from the
set's own; betweenness counts the shortest paths of two edges that pass through the gene. Nothing depends on which genes
are hidden: a gene's numbers are a function of the set that is shown and the network.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import shortest_path
from scipy.stats import rankdata

from muster.graph.centrality import MEASURES, eigenvector
from muster.graph.knowledge import Matrix
from muster.graph.metapaths import path_counts
from muster.graph.walks import walk
from muster.learners.candidate_graph import CandidateGraph, Floats
from muster.learners.gene_sets import Genes

Block = dict[str, NDArray[np.floating]]

TINY = 1e-9
AMONG = tuple(f"{measure} among the set" for measure in MEASURES)
IN_GRAPH = tuple(f"{measure} in the network" for measure in MEASURES)
RATIOS = tuple(f"{measure} ratio" for measure in MEASURES)
QUACK = (*AMONG, *IN_GRAPH, *RATIOS)


def set_features(graph: CandidateGraph, sets: Sequence[Genes]) -> list[tuple[list[str], NDArray[np.float32]]]:
    """Return for each set the names of the features and genes x features; rows of the set itself mean nothing."""
    size = len(graph.known.gene_ids)
    seeds = np.zeros((size, len(sets)))
    for column, genes in enumerate(sets):
        seeds[genes, column] = 1.0 / len(genes)
    walks = {name: walk(chances, seeds) for name, chances in graph.chances.items()}
    paths = dict(path_counts(graph.hops, graph.metapaths, seeds))
    found = []
    for column, genes in enumerate(sets):
        block: Block = {
            # How central a gene is everywhere says how much it was studied: only the ratios know of it.
            **{name: values for name, values in among(graph, genes).items() if name not in IN_GRAPH},
            **_walks(graph, {name: values[:, column] for name, values in walks.items()}),
            **_paths(graph, np.column_stack([seeds[:, :0], *(paths[name][:, column] for name in graph.metapaths)])),
            **_profiles(graph, genes),
            **_place(graph, genes),
            "size of the set": np.full(size, float(len(genes))),
        }
        found.append((list(block), np.column_stack(list(block.values())).astype(np.float32)))
    return found


def among(graph: CandidateGraph, genes: Genes) -> Block:
    """Return QUACK's eighteen numbers for every gene, and how surprising its number of partners in the set is."""
    rows = graph.partners[genes]
    inner = rows[:, genes].toarray()
    touched = np.flatnonzero(np.bincount(rows.indices, minlength=graph.partners.shape[0]))
    near = rows[:, touched].T.tocsr()
    block = np.zeros((graph.partners.shape[0], len(MEASURES)))
    block[touched] = _joined(near, inner)
    block[:, 1] = np.asarray(graph.weights[genes].sum(axis=0))
    degree = graph.central[:, 0]
    expected = degree * len(genes) / max(len(degree), 1)
    ratios = np.divide(block, graph.central, out=np.zeros_like(block), where=graph.central > TINY)
    return {
        **dict(zip(AMONG, block.T, strict=True)),
        **dict(zip(IN_GRAPH, graph.central.T, strict=True)),
        **dict(zip(RATIOS, ratios.T, strict=True)),
        "share of the set it interacts with": block[:, 0] / len(genes),
        "partners beyond chance": (block[:, 0] - expected) / np.sqrt(expected + TINY),
        "density of the set": np.full(len(degree), inner.mean()),
    }


def _joined(near: sparse.csr_array, inner: Floats) -> Floats:
    """Return genes x `MEASURES` for genes that join a set: `near` is genes x members, `inner` members x members."""
    dense = near.toarray()
    degree = dense.sum(axis=1)
    leading = eigenvector(Matrix(inner))
    leading /= max(float(np.linalg.norm(leading)), 1.0)
    strength = float(leading @ inner @ leading)
    closed = ((dense @ inner) * dense).sum(axis=1)
    apart = np.where(np.eye(len(inner), dtype=bool), 0.0, (1.0 - inner) / (1.0 + inner @ inner))
    between = ((dense @ apart) * dense).sum(axis=1) / 2.0
    columns = [
        degree,
        degree,
        dense @ leading / max(strength, 1.0),
        _closeness(near, inner),
        between,
        closed / np.maximum(degree * (degree - 1.0), 1.0),
    ]
    return np.column_stack(columns)


def _closeness(near: sparse.csr_array, inner: Floats) -> Floats:
    """Return the mean of 1 / steps from each gene to the members, on paths through members."""
    steps = shortest_path(sparse.csr_array(inner), unweighted=True, directed=False)
    total, is_seen = np.zeros(near.shape[0]), np.zeros(near.shape, dtype=bool)
    # A level at a time: all steps from all partners at once would take hundreds of MB for a set of hubs.
    for far in np.unique(steps[np.isfinite(steps)]):
        is_fresh = (near @ (steps == far).astype(np.float64) > 0) & ~is_seen
        total += is_fresh.sum(axis=1) / (1.0 + far)
        is_seen |= is_fresh
    return total / len(inner)


def _walks(graph: CandidateGraph, walks: dict[str, Floats]) -> Block:
    found: Block = {}
    for name, visits in walks.items():
        usual = graph.central[:, 1] / max(float(graph.central[:, 1].sum()), 1.0)
        found[f"walk in {name}"] = np.log10(visits + TINY)
        found[f"walk beyond chance in {name}"] = np.log10((visits + TINY) / (usual + TINY))
        found[f"rank of the walk in {name}"] = rankdata(-visits, method="min") / len(visits)
    return found


def _paths(graph: CandidateGraph, counts: Floats) -> Block:
    found: Block = {}
    usual = graph.reach / max(len(counts), 1)
    for place, metapath in enumerate(graph.metapaths):
        found[f"paths {metapath}"] = np.log10(np.maximum(counts[:, place], 0.0) + TINY)
        lift = (np.maximum(counts[:, place], 0.0) + TINY) / (np.maximum(usual[:, place], 0.0) + TINY)
        found[f"paths beyond chance {metapath}"] = np.log10(lift)
    return found


def _profiles(graph: CandidateGraph, genes: Genes) -> Block:
    """Return the mean correlation of expression with the members; NaN for a gene that was not measured."""
    found: Block = {}
    for kind, profile in graph.profiles.items():
        shown = profile[genes]
        shown = shown[~np.isnan(shown[:, 0])]
        centre = shown.mean(axis=0) if len(shown) else np.full(profile.shape[1], np.nan)
        found[f"coexpression by {kind}"] = profile @ centre
    return found


def _place(graph: CandidateGraph, genes: Genes) -> Block:
    """Return the cosine of a gene's vector with the set's centre and with the nearest member."""
    members = graph.vectors[genes]
    centre = members.mean(axis=0)
    length = float(np.linalg.norm(centre))
    likeness = graph.vectors @ (centre / max(length, TINY))
    return {
        "likeness to the set": likeness,
        "rank of the likeness to the set": rankdata(-likeness, method="min") / len(likeness),
        "likeness to the nearest member": (graph.vectors @ members.T).max(axis=1),
        "coherence of the set": np.full(len(likeness), length),
    }
