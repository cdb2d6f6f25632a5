"""The page of the term network: a graph to explore and the strongest edges as a table."""

from pathlib import Path
from typing import Any

import pandas as pd

from muster.portal.pages import rows_of, write_standalone

#: More lines than this are neither readable nor quick to draw; the files hold all of them.
DRAWN_EDGES = 3000
LISTED_EDGES = 100
LISTED_TERMS = 25


def write(
    folder: Path,
    summary: dict[str, Any],
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    positions: dict[int, tuple[float, float]],
) -> None:
    """Write `index.html`.

    Args:
        folder: where.
        summary: the content of `summary.json`.
        nodes: every term with its centrality; edges refer to its rows.
        edges: the network's edges, strongest first.
        positions: node -> (x, y), for the nodes to draw.
    """
    names = nodes["name"].tolist()
    groups = _groups(nodes)
    listed = edges.assign(a=[names[row] for row in edges["first"]], b=[names[row] for row in edges["second"]])
    central = nodes[nodes["degree"] > 0].sort_values(["eigenvector", "mp_term_id"], ascending=[False, True])
    write_standalone(
        folder / "index.html",
        "networks.html",
        summary=summary,
        graph={**_graph(nodes, edges, positions), "hubs": {group["cluster"]: group["hubs"][0] for group in groups}},
        edges=rows_of(listed.head(LISTED_EDGES)),
        central=rows_of(central.head(LISTED_TERMS)),
        groups=groups,
    )


def _graph(
    nodes: pd.DataFrame, edges: pd.DataFrame, positions: dict[int, tuple[float, float]]
) -> dict[str, list[dict[str, Any]]]:
    drawn = nodes.loc[sorted(positions)]
    place = {row: index for index, row in enumerate(drawn.index)}
    points = drawn.assign(x=[positions[row][0] for row in drawn.index], y=[positions[row][1] for row in drawn.index])
    lines = edges.head(DRAWN_EDGES)
    ends = {"a": [place[row] for row in lines["first"]], "b": [place[row] for row in lines["second"]]}
    numbers = lines[["shared", "expected", "odds", "q_value", "is_across_systems"]].round({"expected": 2, "odds": 2})
    return {"nodes": rows_of(points), "edges": rows_of(numbers.assign(**ends))}


def _groups(nodes: pd.DataFrame) -> list[dict[str, Any]]:
    found = []
    for cluster, terms in nodes[nodes["cluster"] > 0].groupby("cluster"):
        hubs = terms.sort_values(["degree", "gene_count", "mp_term_id"], ascending=[False, False, True])
        systems = terms["top_level"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        found.append(
            {
                "cluster": int(str(cluster)),
                "size": len(terms),
                "systems": ", ".join(systems.index[:3]),
                "hubs": hubs["name"].head(4).tolist(),
            }
        )
    return found
