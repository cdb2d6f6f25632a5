"""What the columns of a model are about, in words, and what each group of them adds to a score."""

import numpy as np
from numpy.typing import NDArray

from muster.graph.summary import SUBJECTS

BASE = "base"
"""What a score starts from before any column: the log odds of an average training gene."""
#: Smaller contributions, in log odds, are told as none: a factor of 1.05 or less on the odds.
NOTICED = 0.05
NETWORK = "place in the network"
SHARED = {
    "go": "GO terms",
    "reactome": "pathways",
    "family": "families",
    "tissue": "tissues",
    "stage": "embryo stages",
    "hpo": "human phenotypes",
    "disease": "human diseases",
}


def group_of(column: str) -> str:
    """Return what a column is about: a metapath has its own group, static columns have one a theme.

    >>> [group_of(name) for name in ("lift:string.go", "count:string", "fine_embedding_03", "loeuf")]
    ["partners' GO terms", 'interaction partners', 'place in the network', 'human constraint']
    """
    kind, _, metapath = column.rpartition(":")
    if kind:
        return about(metapath)
    if column.rpartition("_")[0].endswith("embedding"):
        return NETWORK
    return next((subject for subject, members in SUBJECTS.items() if column in members), column.replace("_", " "))


def about(metapath: str) -> str:
    """Return what a metapath leads through, in words.

    >>> [about(metapath) for metapath in ("string", "biogrid.biogrid", "go", "string.family", "go.string")]
    ['interaction partners', 'partners of partners', 'GO terms', "partners' families", 'partners through GO terms']
    """
    kinds = metapath.split(".")
    shared = [SHARED.get(kind, kind) for kind in kinds if kind in SHARED]
    if not shared:
        return "interaction partners" if len(kinds) == 1 else "partners" + " of partners" * (len(kinds) - 1)
    if len(kinds) == len(shared):
        return " then ".join(shared)
    return f"partners' {shared[0]}" if kinds[0] not in SHARED else f"partners through {shared[0]}"


def grouped(groups: list[str]) -> tuple[list[str], NDArray[np.float64]]:
    """Return the names of the groups that columns are in, sorted, and which column is in which: columns x groups.

    >>> names, belongs = grouped(["GO terms", "constraint", "GO terms"])
    >>> names, belongs.tolist()
    (['GO terms', 'constraint'], [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    """
    names = sorted(set(groups))
    return names, np.array([[group == name for name in names] for group in groups], np.float64)


def group_table(names: list[str], contributions: NDArray[np.float32]) -> list[dict[str, float]]:
    """Return per row what each group of columns adds to the score, in log odds, and the base; they add up to the score.

    `contributions` is rows x (columns + base), SHAP values as XGBoost gives them.

    >>> group_table(["lift:go", "count:go", "loeuf"], np.array([[0.5, 0.25, -0.125, -2.0]], np.float32))
    [{'GO terms': 0.75, 'human constraint': -0.125, 'base': -2.0}]
    """
    kinds, belongs = grouped([group_of(name) for name in names])
    totals = np.hstack([contributions[:, : len(names)] @ belongs, contributions[:, len(names) :]])
    return [dict(zip([*kinds, BASE], (round(float(total), 4) for total in row), strict=True)) for row in totals]


def by_metapath(names: list[str], contributions: NDArray[np.float32]) -> list[dict[str, float]]:
    """Return per row what the columns of each metapath add to the score, in log odds.

    >>> by_metapath(["lift:go", "count:go", "loeuf"], np.array([[0.5, 0.25, -0.125, -2.0]], np.float32))
    [{'go': 0.75}]
    """
    metapaths, belongs = grouped([name.rpartition(":")[2] if ":" in name else "" for name in names])
    totals = contributions[:, : len(names)] @ belongs
    return [
        {name: round(float(total), 4) for name, total in zip(metapaths, row, strict=True) if name} for row in totals
    ]


def factors(groups: dict[str, float], *, raising: bool, most: int) -> str:
    """Return the groups that raise (or lower) a score most, as factors on the odds; empty where none does.

    >>> factors({"GO terms": 0.7, "constraint": -0.4, "base": -2.0}, raising=True, most=3)
    'GO terms (odds x 2.0)'
    >>> factors({"GO terms": 0.7, "constraint": -0.4, "base": -2.0}, raising=False, most=3)
    'constraint (odds x 0.67)'
    """
    sign = 1 if raising else -1
    found = [(sign * total, name) for name, total in groups.items() if name != BASE and sign * total > NOTICED]
    best = sorted(found, key=lambda entry: (-entry[0], entry[1]))[:most]
    digits = 1 if raising else 2
    return ", ".join(f"{name} (odds x {np.exp(sign * total):.{digits}f})" for total, name in best)
