"""The nodes and edges of a release as two tables: what exports and statistics are made from.

An edge has the kind that metapaths call it by: its source between two genes (`string`, `biogrid`), the kind of node
from a gene to what it shares (`go`, `reactome`, `tissue`, `stage`, `family`, `hpo`, `disease`), `mp` from a gene to a
term it was called with, `is_a` from a term to the one above it. `mp` edges are labels: leave them out of whatever
becomes a feature.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from muster import lake
from muster.graph.knowledge import Matrix, symmetric
from muster.graph.phenotypes import KIND as PHENOTYPE

GENE, IS_A = "gene", "is_a"
#: What a gene brings along, and as what GraphML declares it.
GENE_COLUMNS = {
    "human_symbol": "string",
    "target_level": "string",
    "target_family": "string",
    "novelty": "double",
    "loeuf": "double",
    "missense_oe": "double",
    "shet": "double",
    "is_tested": "boolean",
    "has_one_to_one_orthologue": "boolean",
    "hit_count": "int",
}
EDGE_COLUMNS = ["a", "b", "kind", "source", "score", "weight", "is_direct"]

Places: TypeAlias = NDArray[np.int64]


class UnknownKindError(ValueError):
    """A kind of edge was asked for that the graph of the release does not have."""


@dataclass(frozen=True)
class Elements:
    """A graph, whole or a part of it."""

    nodes: pd.DataFrame
    """id, kind, name, degree and GENE_COLUMNS (empty but for genes); genes first, sorted by id"""
    edges: pd.DataFrame
    """EDGE_COLUMNS; `a` and `b` are rows of `nodes`, a gene before a shared node, a term before the one above it"""

    @property
    def gene_count(self) -> int:
        """How many of the nodes, the first ones, are genes."""
        return int((self.nodes["kind"] == GENE).sum())

    def flags(self, name: str) -> NDArray[np.bool_]:
        """Return of each gene whether a column of flags says yes."""
        return self.nodes[name].head(self.gene_count).eq(other=True).to_numpy(np.bool_)

    @property
    def adjacency(self) -> Matrix:
        """Nodes x nodes, 1 where an edge of any kind joins them, symmetric."""
        return symmetric(self.edges["a"].to_numpy(), self.edges["b"].to_numpy(), len(self.nodes))

    def subset(self, kept: NDArray[np.bool_]) -> "Elements":
        """Return the kept nodes and the edges between them."""
        place = np.cumsum(kept) - 1
        ends = self.edges[["a", "b"]].to_numpy()
        edges = self.edges[kept[ends].all(axis=1)]
        edges = edges.assign(a=place[edges["a"]], b=place[edges["b"]])
        return Elements(self.nodes[kept].reset_index(drop=True), edges.reset_index(drop=True))

    def of_kinds(self, kinds: Collection[str]) -> "Elements":
        """Return every node with the edges of some kinds."""
        return Elements(self.nodes, self.edges[self.edges["kind"].isin(list(kinds))].reset_index(drop=True))

    def neighbourhood(self, places: Places, hops: int) -> "Elements":
        """Return what lies up to `hops` edges from these nodes, with every edge inside; 0 hops: these nodes only."""
        reached = np.zeros(len(self.nodes))
        reached[places] = 1.0
        adjacency = self.adjacency if hops else sparse.csr_array((len(self.nodes),) * 2)
        for _ in range(hops):
            reached = ((reached + adjacency @ reached) > 0).astype(np.float64)
        return self.subset(reached > 0)


def read_elements(release: str, kinds: Collection[str] | None = None) -> Elements:
    """Return the graph of the current build of `release`, of some kinds of edges or of all; every gene is a node.

    Edges to genes outside the mart of genes are left out, and terms that no edge leads to.

    Raises:
        UnknownKindError: names the kinds that the release has.
    """
    wanted = _wanted(release, kinds)
    genes = _genes(release)
    others = pd.concat([genes[["id", "kind", "name"]], *_shared_nodes(release, wanted)]).drop_duplicates("id")
    nodes = genes.merge(others, how="right", on=["id", "kind", "name"])
    index = pd.Index(nodes["id"])
    frames = [_placed(frame, index) for frame in _edge_frames(release, wanted)]
    columns = {name: "int64" if name in "ab" else "object" for name in EDGE_COLUMNS}
    edges = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=EDGE_COLUMNS).astype(columns)
    whole = Elements(nodes, edges.astype({"kind": "category", "source": "category"}))
    connected = np.bincount(edges[["a", "b"]].to_numpy(np.int64).ravel(), minlength=len(nodes)) > 0
    return whole.subset(connected | (nodes["kind"] == GENE).to_numpy())


def available_kinds(release: str) -> list[str]:
    """Return the kinds of edges that the release has: interactions, what is shared, then phenotypes and is_a."""
    found: list[str] = []
    if lake.has(release, "interactions"):
        found += _values(lake.read(release, "interactions", "source"))
    if lake.has(release, "annotations"):
        found += _values(lake.read(release, "annotations", "node_kind"))
    found += [PHENOTYPE] if lake.has(release, "gene_phenotypes") else []
    return [*found, *([IS_A] if lake.has(release, "terms") else [])]


def _values(column: duckdb.DuckDBPyRelation) -> list[str]:
    return sorted(str(value) for (value,) in column.distinct().fetchall())


def _wanted(release: str, kinds: Collection[str] | None) -> set[str]:
    available = available_kinds(release)
    if unknown := sorted(set(kinds or ()) - {*available}):
        raise UnknownKindError(
            f"{', '.join(unknown)}: the graph of {release} has no edges of this kind; it has {', '.join(available)}"
        )
    return set(available if kinds is None else kinds)


def _genes(release: str) -> pd.DataFrame:
    columns = ["gene_id as id", f"'{GENE}' as kind", "coalesce(symbol, gene_id) as name", *GENE_COLUMNS]
    genes: pd.DataFrame = lake.read(release, "genes", ", ".join(columns)).order("id").df()
    # No hits of a gene that nobody tested are no zero.
    genes["hit_count"] = genes["hit_count"].where(genes["is_tested"].eq(other=True))
    return genes.assign(degree=_degrees(release, pd.Index(genes["id"])))


def _degrees(release: str, index: pd.Index) -> NDArray[np.int64]:
    """Return how many genes each gene interacts with, by whatever source."""
    if not lake.has(release, "interactions"):
        return np.zeros(len(index), dtype=np.int64)
    pairs = _placed(lake.read(release, "interactions", "gene_id_a as a, gene_id_b as b").distinct().df(), index)
    return np.bincount(pairs[["a", "b"]].to_numpy().ravel(), minlength=len(index))


def _shared_nodes(release: str, wanted: set[str]) -> Iterator[pd.DataFrame]:
    if lake.has(release, "annotations"):
        grouped = "node_id as id, min(node_kind) as kind, coalesce(min(node_name), node_id) as name, node_id"
        annotations = lake.read(release, "annotations").filter(_among("node_kind", wanted))
        yield annotations.aggregate(grouped, "node_id").order("kind, id").df()[["id", "kind", "name"]]
    named = f"mp_term_id as id, '{PHENOTYPE}' as kind, coalesce(mp_term_name, mp_term_id) as name"
    if wanted & {PHENOTYPE, IS_A} and lake.has(release, "terms"):
        yield lake.read(release, "terms").filter("not is_obsolete").project(named).order("id").df()
    if PHENOTYPE in wanted:
        called = lake.read(release, "gene_phenotypes").filter("status = 'called'")
        yield called.project(named).distinct().order("id").df()


def _edge_frames(release: str, wanted: set[str]) -> Iterator[pd.DataFrame]:
    readers: dict[str, Callable[[duckdb.DuckDBPyRelation], duckdb.DuckDBPyRelation]] = {
        "interactions": lambda mart: mart.filter(_among("source", wanted)).project(
            "gene_id_a as a, gene_id_b as b, source as kind, source, score"
        ),
        "annotations": lambda mart: mart.filter(_among("node_kind", wanted)).project(
            "gene_id as a, node_id as b, node_kind as kind, source, weight"
        ),
    }
    if PHENOTYPE in wanted:
        readers["gene_phenotypes"] = lambda mart: mart.filter("status = 'called'").project(
            f"gene_id as a, mp_term_id as b, '{PHENOTYPE}' as kind, evidence as source, is_direct"
        )
    if IS_A in wanted:
        readers["terms"] = lambda mart: mart.filter("not is_obsolete").project(
            f"mp_term_id as a, unnest(parent_ids) as b, '{IS_A}' as kind, 'mp' as source"
        )
    for mart, read in readers.items():
        if lake.has(release, mart):
            yield read(lake.read(release, mart)).order("kind, a, b").df().reindex(columns=EDGE_COLUMNS)


def _among(column: str, wanted: set[str]) -> str:
    return f"{column} in ({', '.join(repr(kind) for kind in sorted(wanted))})" if wanted else "false"


def _placed(frame: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """Return the edges whose two ends are nodes, by their rows."""
    ends: dict[str, Any] = {end: index.get_indexer(pd.Index(frame[end])) for end in ("a", "b")}
    known = (ends["a"] >= 0) & (ends["b"] >= 0)
    placed: pd.DataFrame = frame.assign(**ends)[known]
    return placed
