"""A gene in single numbers: constraint, study, connections, expression; nothing of its phenotype."""

import numpy as np
import pandas as pd

from muster import lake
from muster.graph.knowledge import PROFILE_KINDS, KnowledgeGraph

TARGET_LEVELS = {"Tdark": 0.0, "Tbio": 1.0, "Tchem": 2.0, "Tclin": 3.0}
STATIC = ["loeuf", "missense_oe", "shet", "novelty"]


def summarise(release: str, graph: KnowledgeGraph) -> pd.DataFrame:
    """Return one row a gene in the graph's order; NaN where a source says nothing."""
    columns = ", ".join(["gene_id", *STATIC, "target_level"])
    genes = lake.read(release, "genes", columns).df().set_index("gene_id").loc[graph.gene_ids]
    summary = genes[STATIC].astype(np.float64)
    summary["target_level_rank"] = genes["target_level"].map(TARGET_LEVELS)
    summary["interaction_degree"] = graph.partners.sum(axis=1)
    summary["pathway_count"] = _node_count(graph, "reactome")
    summary["go_count"] = _node_count(graph, "go")
    summary["expression_breadth"] = _node_count(graph, "tissue")
    summary["embryo_expression"] = _mean_level(graph, "stage")
    summary["family_size"] = _family_size(graph)
    numbers: pd.DataFrame = summary.astype(np.float32)
    return numbers


def _node_count(graph: KnowledgeGraph, kind: str) -> np.ndarray:
    if kind not in graph.memberships:
        return np.full(len(graph.gene_ids), np.nan)
    membership = graph.memberships[kind]
    counts = np.asarray(membership.edges(kind).sum(axis=1))
    # A gene absent from a measured profile was not measured; a gene without GO terms has none.
    unmeasured = (kind in PROFILE_KINDS) & (np.asarray(membership.weights.sum(axis=1)) == 0)
    return np.where(unmeasured, np.nan, counts)


def _mean_level(graph: KnowledgeGraph, kind: str) -> np.ndarray:
    if kind not in graph.memberships:
        return np.full(len(graph.gene_ids), np.nan)
    levels = graph.memberships[kind].weights.copy()
    levels.data = np.log1p(levels.data)
    total = np.asarray(levels.sum(axis=1))
    return np.where(total == 0, np.nan, total / levels.shape[1])


def _family_size(graph: KnowledgeGraph) -> np.ndarray:
    if "family" not in graph.memberships:
        return np.full(len(graph.gene_ids), np.nan)
    member = graph.memberships["family"].weights
    sizes = np.asarray((member @ member.sum(axis=0)).ravel())
    return np.where(sizes == 0, 1.0, sizes)
