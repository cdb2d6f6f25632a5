"""The shape of the network: who is central, which terms stand together, where to draw them."""

import networkx as nx
import numpy as np
import pandas as pd
from scipy.stats import rankdata

SEED = 17


def term_graph(nodes: pd.DataFrame, edges: pd.DataFrame) -> nx.Graph:
    """Return the graph of terms (numbered as in `nodes`), edges weighted by Jaccard."""
    graph = nx.Graph()
    # Numbers, not ids: networkx keeps nodes in sets, and the order of a set of strings differs from run to run.
    graph.add_nodes_from(range(len(nodes)))
    columns = (edges[name].tolist() for name in ("first", "second", "jaccard"))
    graph.add_weighted_edges_from(zip(*columns, strict=True))
    return graph


def centrality(graph: nx.Graph) -> pd.DataFrame:
    """Return degree, betweenness, eigenvector centrality and cluster per node."""
    size = graph.number_of_nodes()
    between = nx.betweenness_centrality(graph)
    return pd.DataFrame(
        {
            "degree": [graph.degree(node) for node in range(size)],
            "betweenness": [round(between[node], 9) for node in range(size)],
            "eigenvector": _eigenvector(graph),
            "cluster": clusters(graph),
        }
    )


def clusters(graph: nx.Graph) -> list[int]:
    """Return the cluster of each node: 1 is the largest; 0 is a node without an edge."""
    found = nx.community.louvain_communities(graph, weight="weight", seed=SEED)
    connected = sorted((sorted(group) for group in found if len(group) > 1), key=lambda group: (-len(group), group))
    number = {node: index for index, group in enumerate(connected, start=1) for node in group}
    return [number.get(node, 0) for node in range(graph.number_of_nodes())]


def positions(graph: nx.Graph) -> dict[int, tuple[float, float]]:
    """Return where to draw each node that has an edge, within -1 … 1."""
    drawn = graph.subgraph(sorted(node for node, degree in graph.degree() if degree))
    if not drawn:
        return {}
    layout = nx.spring_layout(drawn, seed=SEED, weight="weight", iterations=100)
    nodes = sorted(layout)
    points = np.array([layout[node] for node in nodes])
    # Springs crowd the middle and throw small components far out; half of each coordinate is its rank instead.
    ranks = rankdata(points, axis=0) / len(nodes) * 2 - 1
    scale = np.maximum(np.quantile(np.abs(points), 0.95, axis=0), 1e-9)
    even = (0.6 * ranks + 0.4 * np.clip(points / scale, -1.5, 1.5)).round(4)
    return {node: (float(x), float(y)) for node, (x, y) in zip(nodes, even, strict=True)}


def _eigenvector(graph: nx.Graph) -> list[float]:
    # It is defined within one component: smaller ones get 0.
    largest: set[int] = max(nx.connected_components(graph), key=lambda group: (len(group), -min(group)), default=set())
    if len(largest) < 3:  # noqa: PLR2004 - two nodes are equally central, and one has no neighbour
        return [0.0] * graph.number_of_nodes()
    value = nx.eigenvector_centrality(graph.subgraph(sorted(largest)), max_iter=5000, tol=1e-7, weight="weight")
    return [round(value.get(node, 0.0), 6) for node in range(graph.number_of_nodes())]
