"""The files of a candidate_genes model: all that answering needs, so that it answers where there is no lake."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy import sparse

from muster import lake
from muster.graph.knowledge import KnowledgeGraph, Matrix, Membership
from muster.learners.candidate_graph import CandidateGraph, Place, make_candidate_graph

NETWORK, GENES = "network.npz", "genes.parquet"


@dataclass(frozen=True)
class GeneTable:
    """What is told about each gene, in the order of the graph."""

    gene_ids: list[str]
    symbols: list[str]
    human_symbols: list[str | None]
    target_levels: list[str | None]
    is_tested: list[bool]


def read_genes(release: str) -> GeneTable:
    """Return what a release says about its genes, sorted by accession."""
    columns = "gene_id, coalesce(symbol, gene_id), human_symbol, target_level, coalesce(is_tested, false)"
    rows = lake.read(release, "genes", columns).order("gene_id").fetchall()
    return GeneTable(*(list(column) for column in zip(*rows, strict=True)))


def write_graph(folder: Path, graph: KnowledgeGraph, scores: dict[str, Matrix], place: Place, genes: GeneTable) -> None:
    """Write a graph without pathways and its genes; numbers only, nothing pickled."""
    arrays: dict[str, Any] = {"vectors": place.vectors, "central": place.central}
    for name, edges in graph.interactions.items():
        arrays |= _stored(f"network {name}", sparse.triu(edges, 1).tocsr())
    for name, weights in scores.items():
        arrays |= _stored(f"score {name}", sparse.triu(weights, 1).tocsr())
    for kind, found in graph.memberships.items():
        arrays |= _stored(f"members {kind}", found.weights)
        arrays[f"nodes {kind}"] = np.array([found.node_ids, found.node_names])
    np.savez_compressed(folder / NETWORK, **arrays)
    columns = {
        "gene_id": pa.array(genes.gene_ids, pa.string()),
        "symbol": pa.array(genes.symbols, pa.string()),
        "human_symbol": pa.array(genes.human_symbols, pa.string()),
        "target_level": pa.array(genes.target_levels, pa.string()),
        "is_tested": pa.array(genes.is_tested, pa.bool_()),
    }
    pq.write_table(pa.table(columns), folder / GENES, compression="zstd")


def load_genes(folder: Path) -> GeneTable:
    """Return the genes of a model folder."""
    return GeneTable(*(column.to_pylist() for column in pq.read_table(folder / GENES).columns))


def load_graph(folder: Path, genes: GeneTable, metapaths: Sequence[str]) -> CandidateGraph:
    """Return the graph of a model folder, ready for questions; the same to the last bit as when it was trained."""
    with np.load(folder / NETWORK, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    networks, scores, members = (
        {name: _matrix(arrays, f"{kind} {name}") for name in _names(arrays, kind)}
        for kind in ("network", "score", "members")
    )
    graph = KnowledgeGraph(
        gene_ids=genes.gene_ids,
        symbols=genes.symbols,
        interactions={name: _both(upper) for name, upper in networks.items()},
        memberships={kind: _membership(arrays[f"nodes {kind}"], found) for kind, found in members.items()},
    )
    place = Place(arrays["vectors"], arrays["central"])
    return make_candidate_graph(graph, {name: _both(upper) for name, upper in scores.items()}, metapaths, place)


def _stored(name: str, matrix: Matrix) -> dict[str, Any]:
    parts = {part: getattr(matrix, part) for part in ("data", "indices", "indptr", "shape")}
    return {f"{name} {part}": np.asarray(values) for part, values in parts.items()}


def _matrix(arrays: dict[str, Any], name: str) -> Matrix:
    data, indices, indptr, shape = (arrays[f"{name} {part}"] for part in ("data", "indices", "indptr", "shape"))
    return sparse.csr_array((data, indices, indptr), shape=tuple(shape.tolist()))


def _membership(nodes: NDArray[np.str_], weights: Matrix) -> Membership:
    node_ids, node_names = nodes.tolist()
    return Membership(node_ids, node_names, weights)


def _names(arrays: dict[str, Any], kind: str) -> list[str]:
    return [name.removeprefix(f"{kind} ").removesuffix(" shape") for name in arrays if _is_head(name, kind)]


def _is_head(name: str, kind: str) -> bool:
    return name.startswith(f"{kind} ") and name.endswith(" shape")


def _both(upper: Matrix) -> Matrix:
    return (upper + upper.T).tocsr()
