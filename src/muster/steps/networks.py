"""Draw the network of phenotype terms: edges are genes shared beyond chance, each with its p-value."""

import json
import logging
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from muster import lake
from muster.network import page, structure
from muster.network.overlap import term_pairs
from muster.network.terms import MIN_GENES, TermCalls, term_calls
from muster.settings import settings

logger = logging.getLogger(__name__)

MAX_Q_VALUE = 0.05
MIN_SHARED = 2


def networks(release: str) -> Path:
    """Write nodes, edges, GraphML, a summary and an interactive page of the term network; return their folder.

    Raises:
        SkippedError: the release has no gene_phenotypes or no ontology.
    """
    absent = [mart for mart in ("gene_phenotypes", "terms") if not lake.has(release, mart)]
    if absent:
        raise lake.SkippedError(f"networks of {release}: the release has no {' and no '.join(absent)}")
    terms = term_calls(release)
    pairs = term_pairs(terms.calls, terms.related)
    # One shared gene is no pattern, however small its p-value.
    is_edge = (pairs["q_value"] <= MAX_Q_VALUE) & (pairs["shared"] >= MIN_SHARED) & (pairs["odds"] > 1)
    graph = structure.term_graph(terms.nodes, pairs[is_edge])
    nodes = pd.concat([terms.nodes, structure.centrality(graph)], axis="columns")
    edges = _named_edges(pairs.assign(is_edge=is_edge), nodes)
    target = settings().release_reports(release) / "networks"
    with lake.draft(target) as folder:
        _write(folder, nodes, edges)
        summary = _summary(release, terms, nodes, edges)
        lake.write_json(folder / "summary.json", summary)
        page.write(folder, summary, nodes, edges[edges["is_edge"]], structure.positions(graph))
    logger.info(
        "networks: %s terms, %s edges, %s clusters", *(summary[name] for name in ("terms", "edges", "clusters"))
    )
    return target


def _named_edges(pairs: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    ids, tops = nodes["mp_term_id"].to_numpy(), nodes["top_level"].to_numpy()
    first, second = pairs["first"].to_numpy(), pairs["second"].to_numpy()
    named = pairs.assign(term_a=ids[first], term_b=ids[second], is_across_systems=tops[first] != tops[second])
    order = ["term_a", "term_b", "shared", "tested", "expected", "odds", "jaccard", "p_value", "q_value"]
    named = named[[*order, "is_across_systems", "is_edge", "first", "second"]]
    return named.sort_values(["p_value", "odds", "term_a", "term_b"], ascending=[True, False, True, True])


def _write(folder: Path, nodes: pd.DataFrame, edges: pd.DataFrame) -> None:
    nodes.to_parquet(folder / "nodes.parquet", index=False)
    table = edges.drop(columns=["first", "second"]).sort_values(["term_a", "term_b"])
    table.to_parquet(folder / "edges.parquet", index=False)
    graph = nx.Graph()
    for node in json.loads(nodes.to_json(orient="records")):
        graph.add_node(node.pop("mp_term_id"), **node)
    for edge in json.loads(
        table[table["is_edge"]].drop(columns="is_edge").to_json(orient="records", double_precision=15)
    ):
        graph.add_edge(edge.pop("term_a"), edge.pop("term_b"), **edge)
    nx.write_graphml(graph, folder / "network.graphml")


def _summary(release: str, terms: TermCalls, nodes: pd.DataFrame, edges: pd.DataFrame) -> dict[str, Any]:
    size = len(nodes)
    return {
        "release": release,
        "build": lake.manifest(release)["build"],
        "terms": size,
        "genes": int(terms.calls["gene"].nunique()),
        "pairs_judged": int((size * size - terms.related.sum()) // 2),
        "pairs_sharing_a_gene": len(edges),
        "edges": int(edges["is_edge"].sum()),
        "edges_across_systems": int((edges["is_edge"] & edges["is_across_systems"]).sum()),
        "clusters": int(nodes["cluster"].max()) if size else 0,
        "calls": "direct",
        "rule": {"min_genes_per_term": MIN_GENES, "min_shared_genes": MIN_SHARED, "max_q_value": MAX_Q_VALUE},
    }
