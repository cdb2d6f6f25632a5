"""Which tested genes are most like a gene: by the cosine of their vectors, with the partners they share."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster.learners.neighbourhood import Shown, row_of

CALLED, NORMAL = 3, 2
"""How many of each are told."""


def nearest_genes(term: Shown, genes: NDArray[np.int64]) -> list[list[dict[str, Any]]]:
    """Return for each gene the called and the tested, normal genes most like it, most alike first.

    `cosine` compares the genes' vectors (the leading directions of what they interact with, belong to and express);
    `shared_partners` counts the genes both interact with. A gene without a vector has none.
    """
    found: list[list[dict[str, Any]]] = [[] for _ in genes]
    wanted = [("called", term.is_called, CALLED), ("normal", term.is_normal, NORMAL)]
    for status, is_wanted, most in wanted:
        others = np.flatnonzero(is_wanted)
        cosines = term.near.directions[genes] @ term.near.directions[others].T
        for row, gene in enumerate(genes):
            alike = cosines[row]
            best = np.lexsort((others, -alike))[:most] if len(others) <= most else _best(alike, most)
            found[row] += [_told(term, int(gene), int(others[n]), alike[n], status) for n in best if alike[n] > 0]
    return [sorted(told, key=lambda entry: -entry["cosine"]) for told in found]


def _best(values: NDArray[np.float32], most: int) -> NDArray[np.int64]:
    chosen = np.argpartition(-values, most)[:most]
    return chosen[np.lexsort((chosen, -values[chosen]))].astype(np.int64)


def _told(term: Shown, gene: int, other: int, cosine: float, status: str) -> dict[str, Any]:
    partners = np.intersect1d(row_of(term.near.partners, gene), row_of(term.near.partners, other), assume_unique=True)
    return {
        "gene_id": term.near.graph.gene_ids[other],
        "symbol": term.near.graph.symbols[other],
        "status": status,
        "cosine": round(float(cosine), 3),
        "shared_partners": len(partners),
    }
