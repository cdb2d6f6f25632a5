"""A gene in single numbers: constraint, need of human cells, study, connections, expression, relatives.

Nothing of the gene's phenotype is in it, nor of its relatives' and partners'.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from muster import lake
from muster.graph.expression import expression
from muster.graph.knowledge import PROFILE_KINDS, KnowledgeGraph
from muster.graph.topology import topology

TARGET_LEVELS = {"Tdark": 0.0, "Tbio": 1.0, "Tchem": 2.0, "Tclin": 3.0}

#: What each number is about, in the words that reasons are given in.
SUBJECTS = {
    "human constraint": ("loeuf", "lof_oe", "lof_oe_lower", "missense_oe", "missense_oe_lower", "shet", "shet_rgcme"),
    "need of human cells": ("depmap_effect", "h1_mef_bayes_factor", "h1_laminin_bayes_factor"),
    "how much it is studied": ("novelty", "target_level_rank", "go_count", "pathway_count"),
    "number of interactions": (
        *("interaction_degree", "string_degree", "biogrid_degree", "string_clustering", "core_number", "pagerank"),
    ),
    "expression in the embryo": ("embryo_expression", "embryo_early", "embryo_trend", "embryo_least"),
    "expression in tissues": ("expression_breadth", "tissue_peak", "tissue_specificity"),
    "paralogues": ("family_size", "subfamily_size", "has_paralogue"),
}
FROM_GENES = [*SUBJECTS["human constraint"], *SUBJECTS["need of human cells"], "novelty"]


def summarise(release: str, graph: KnowledgeGraph) -> pd.DataFrame:
    """Return one row a gene in the graph's order; NaN where a source says nothing."""
    # A build of earlier code lacks the columns of later sources: unknown, like those of an absent companion.
    there = [name for name in (*FROM_GENES, "subfamily_id") if name in lake.read(release, "genes").columns]
    columns = ", ".join(["gene_id", "target_level", *there])
    genes = lake.read(release, "genes", columns).df().set_index("gene_id").loc[graph.gene_ids]
    genes = genes.reindex(columns=[*FROM_GENES, "target_level", "subfamily_id"])
    family_size = _family_size(graph)
    summary = (
        genes[FROM_GENES]
        .astype(np.float64)
        .assign(
            target_level_rank=genes["target_level"].map(TARGET_LEVELS),
            **topology(graph),
            pathway_count=_node_count(graph, "reactome"),
            go_count=_node_count(graph, "go"),
            expression_breadth=_node_count(graph, "tissue"),
            **expression(graph),
            family_size=family_size,
            subfamily_size=genes["subfamily_id"].map(genes["subfamily_id"].value_counts()),
            has_paralogue=np.where(np.isnan(family_size), np.nan, family_size > 1),
        )
    )
    numbers: pd.DataFrame = summary.astype(np.float32)
    return numbers


def _node_count(graph: KnowledgeGraph, kind: str) -> NDArray[np.float64]:
    if kind not in graph.memberships:
        return np.full(len(graph.gene_ids), np.nan)
    membership = graph.memberships[kind]
    counts = np.asarray(membership.edges(kind).sum(axis=1))
    # A gene absent from a measured profile was not measured; a gene without GO terms has none.
    unmeasured = (kind in PROFILE_KINDS) & (np.asarray(membership.weights.sum(axis=1)) == 0)
    return np.where(unmeasured, np.nan, counts)


def _family_size(graph: KnowledgeGraph) -> NDArray[np.float64]:
    if "family" not in graph.memberships:
        return np.full(len(graph.gene_ids), np.nan)
    member = graph.memberships["family"].weights
    sizes = np.asarray((member @ member.sum(axis=0)).ravel())
    return np.where(sizes == 0, 1.0, sizes)
