"""The graph in numbers: nodes and edges by kind and source, degrees, hubs, components, who is covered by what."""

import json
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from muster.graph.elements import IS_A, Elements
from muster.graph.knowledge import EDGE_WEIGHTS, PROFILE_KINDS
from muster.graph.phenotypes import KIND as PHENOTYPE

HUBS = 20
QUANTILES = {"smallest": 0.0, "quarter": 0.25, "median": 0.5, "three_quarters": 0.75, "tenth_above": 0.9,
             "hundredth_above": 0.99, "largest": 1.0}  # fmt: skip
LEVELS = ["Tdark", "Tbio", "Tchem", "Tclin"]
#: Terms that every annotated gene would have, were the annotations closed over is_a.
ROOTS = {"go": ["GO:0003674", "GO:0005575", "GO:0008150"], "hpo": ["HP:0000001", "HP:0000118"]}

Counts = NDArray[np.int64]


def describe(elements: Elements) -> dict[str, Any]:
    """Return the graph in numbers, JSON-able; counts are of genes, nodes or edges, shares are 0 to 1."""
    pairs = interactions(elements)
    return {
        "nodes": _nodes(elements),
        "edges": _edges(elements),
        "degrees": [
            _degrees("any interaction", elements.nodes["degree"].head(elements.gene_count).to_numpy(np.int64)),
            *(_degrees(kind, gene_counts(elements, kind)) for kind in pairs),
        ],
        "hubs": _hubs(elements),
        "components": [
            _components("interactions", elements.of_kinds(pairs)),
            _components("interactions and what genes share", elements.of_kinds(shown_kinds(elements))),
        ],
        "coverage": _coverage(elements),
        "closure": _closure(elements),
    }


def interactions(elements: Elements) -> list[str]:
    """Return the kinds of edges between two genes."""
    return _kinds(elements.edges[elements.edges["b"] < elements.gene_count])


def memberships(elements: Elements) -> list[str]:
    """Return the kinds of edges to what genes share; neither measured profiles, which all have, nor labels."""
    shared = elements.edges[(elements.edges["b"] >= elements.gene_count) & (elements.edges["a"] < elements.gene_count)]
    return [kind for kind in _kinds(shared) if kind not in PROFILE_KINDS and kind != PHENOTYPE]


def shown_kinds(elements: Elements) -> list[str]:
    """Return the kinds that are counted a gene: interactions and what genes share."""
    return [*interactions(elements), *memberships(elements)]


def gene_counts(elements: Elements, kind: str, *, is_walked: bool = False) -> Counts:
    """Return the edges of a kind that each gene has; if wanted, only those that are strong enough for paths."""
    edges = elements.edges[elements.edges["kind"] == kind]
    if is_walked and kind in EDGE_WEIGHTS:
        edges = edges[edges["weight"] >= EDGE_WEIGHTS[kind]]
    ends = [edges[end].to_numpy(np.int64) for end in ("a", "b")]
    return np.bincount(np.concatenate(ends), minlength=len(elements.nodes))[: elements.gene_count]


def _kinds(edges: pd.DataFrame) -> list[str]:
    return sorted(str(kind) for kind in edges["kind"].unique())


def _nodes(elements: Elements) -> list[dict[str, Any]]:
    connected = np.zeros(len(elements.nodes), dtype=bool)
    connected[elements.edges[["a", "b"]].to_numpy(np.int64).ravel()] = True
    counted = pd.DataFrame({"kind": elements.nodes["kind"], "is_connected": connected}).groupby("kind", sort=False)
    return [
        {"kind": str(kind), "nodes": len(group), "connected": int(group["is_connected"].sum())}
        for kind, group in counted
    ]


def _edges(elements: Elements) -> list[dict[str, Any]]:
    """Return, by kind and source, the edges, how many genes and nodes they join, and their density."""
    size, rows = elements.gene_count, []
    for (kind, source), edges in elements.edges.groupby(["kind", "source"], observed=True, dropna=False):
        ends = np.unique(edges[["a", "b"]].to_numpy(np.int64))
        genes, others = int((ends < size).sum()), int((ends >= size).sum())
        possible = size * (size - 1) / 2 if not others else size * others
        least = EDGE_WEIGHTS.get(str(kind))
        rows.append(
            {
                "kind": str(kind),
                "source": str(source),
                "edges": len(edges),
                "genes": genes,
                "other_nodes": others,
                "scored": int(edges["score"].notna().sum()),
                "walked": int((edges["weight"] >= least).sum()) if least else len(edges),
                # Of all pairs that could be joined: of genes, or of a gene and a node; is_a joins terms.
                "density": None if kind == IS_A else len(edges) / possible,
            }
        )
    return sorted(rows, key=lambda row: -row["edges"])


def _degrees(name: str, degree: Counts) -> dict[str, Any]:
    """Return how the degrees are spread, and the share of genes with each degree or more (to draw)."""
    values, counts = np.unique(degree, return_counts=True)
    at_least = counts[::-1].cumsum()[::-1] / max(len(degree), 1)
    quantiles = {key: float(np.quantile(degree, share)) for key, share in QUANTILES.items()} if len(degree) else {}
    drawn = np.unique(np.searchsorted(values, np.unique(np.geomspace(1, max(values.max(initial=1), 2), 80).round())))
    shown = drawn[drawn < len(values)]
    return {
        "name": name,
        "mean": float(degree.mean()) if len(degree) else None,
        "none": int((degree == 0).sum()),
        **quantiles,
        "tail": {"degree": values[shown].tolist(), "share": at_least[shown].tolist()},
    }


def _hubs(elements: Elements) -> list[dict[str, Any]]:
    """Return the genes with the most partners, by name."""
    genes = elements.nodes.head(elements.gene_count)
    counts = {kind: gene_counts(elements, kind, is_walked=True) for kind in shown_kinds(elements)}
    hubs = genes.assign(**counts).sort_values(["degree", "id"], ascending=[False, True]).head(HUBS)
    hubs = hubs.astype({"degree": "int64"})
    columns = ["id", "name", "degree", "target_level", "novelty", "is_tested", *counts]
    return plain_rows(hubs[columns])


def plain_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries that JSON can hold, None where a value is missing."""
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=15))
    return rows


def _components(name: str, elements: Elements) -> dict[str, Any]:
    """Return how the genes hang together along these edges; nodes that no edge reaches do not count."""
    count, component = connected_components(elements.adjacency, directed=False)
    of_genes = component[: elements.gene_count]
    sizes = np.bincount(of_genes, minlength=count)
    return {
        "name": name,
        "components": int((sizes > 0).sum()),
        "largest": int(sizes.max(initial=0)),
        "largest_share": float(sizes.max(initial=0) / max(len(of_genes), 1)),
        "alone": int((np.diff(elements.adjacency.indptr)[: elements.gene_count] == 0).sum()),
    }


def _coverage(elements: Elements) -> list[dict[str, Any]]:
    """Return, by kind of edge, the share of genes that have any: of all, tested, untested, and of each IDG level."""
    genes = elements.nodes.head(elements.gene_count)
    is_tested = elements.flags("is_tested")
    levels = genes["target_level"].to_numpy(object)
    parts = {"all": np.ones(len(genes), dtype=bool), "tested": is_tested, "untested": ~is_tested}
    parts |= {level: levels == level for level in LEVELS} | {"no level": genes["target_level"].isna().to_numpy()}
    rows = []
    for kind in [kind for kind in _kinds(elements.edges) if kind != IS_A]:
        has = gene_counts(elements, kind) > 0
        rows.append({"kind": kind, **{name: _share(has[chosen]) for name, chosen in parts.items()}})
    return rows


def _share(flags: NDArray[np.bool_]) -> float | None:
    return float(flags.mean()) if len(flags) else None


def _closure(elements: Elements) -> list[dict[str, Any]]:
    """Say of each ontology whether its annotations are closed over is_a, as far as the data can tell.

    Closed annotations give a root to every annotated gene. That the roots lack genes proves that they are not closed;
    that they hold all is no proof. `follow` are the edges that only a narrower term brought; `mp` is closed where the
    mart is built.
    """
    found: list[dict[str, Any]] = []
    for kind, roots in ROOTS.items():
        edges = elements.edges[elements.edges["kind"] == kind]
        if not len(edges):
            continue
        at_root = elements.nodes["id"].isin(roots).to_numpy()[edges["b"]]
        found.append(
            {
                "kind": kind,
                "genes": edges["a"].nunique(),
                "at_roots": edges["a"][at_root].nunique(),
                "follow": int((edges["weight"] < EDGE_WEIGHTS.get(kind, 0.0)).sum()),
            }
        )
    calls = elements.edges[elements.edges["kind"] == PHENOTYPE]
    if len(calls):
        # `is_direct` is empty where a source has no closure.
        follow = int(calls["is_direct"].eq(other=False).sum())
        found.append({"kind": PHENOTYPE, "genes": calls["a"].nunique(), "at_roots": None, "follow": follow})
    return [{**each, "is_closed": each["at_roots"] in (None, each["genes"])} for each in found]
