"""A hand-made neighbourhood: few genes, each there for one reason."""

import numpy as np
import pytest
from scipy import sparse

from muster.graph.knowledge import KnowledgeGraph, Membership
from muster.learners.evidence import make_walker
from muster.learners.feature_matrix import FeatureMatrix
from muster.learners.neighbourhood import Neighbourhood, make_neighbourhood

SYMBOLS = ["Ask", "Hit1", "Hit2", "Norm1", "Norm2", "Norm3", "Far", "Dim"]
#: Ask interacts with two called and two normal genes; Far stands alone.
EDGES = [(0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (3, 5), (5, 7)]
MEMBERS = {
    "go": ("GO:1", "heart development", [0, 1, 2]),
    "reactome": ("R-MMU-1", "", [0, 3, 4, 5]),
    "family": ("PTHR1", "KINASE", [0, 5]),
}


@pytest.fixture
def neighbourhood() -> Neighbourhood:
    size = len(SYMBOLS)
    ends = np.array([*EDGES, *[(second, first) for first, second in EDGES]]).T
    memberships = {}
    for kind, (node, name, genes) in MEMBERS.items():
        edges = sparse.csr_array((np.ones(len(genes)), (genes, np.zeros(len(genes), int))), (size, 1))
        memberships[kind] = Membership([node], [name], edges)
    graph = KnowledgeGraph(
        gene_ids=[f"MGI:{number}" for number in range(size)],
        symbols=SYMBOLS,
        interactions={"string": sparse.csr_array((np.ones(len(ends.T)), tuple(ends)), (size, size))},
        memberships=memberships,
    )
    vectors = [[1, 0], [1, 0.1], [0, 1], [1, -0.1], [-1, 0], [0, 1], [0, 0], [1, 0]]
    dark = [[2.0], [1], [1], [1], [1], [1], [1], [0]]
    values = np.hstack([vectors, dark]).astype(np.float32)
    features = FeatureMatrix(["embedding_00", "embedding_01", "target_level_rank"], values)
    return make_neighbourhood(make_walker(graph, ["string", "go", "string.string"]), features)


@pytest.fixture
def states() -> np.ndarray:
    """Hit1 and Hit2 are called, Norm1 to Norm3 tested and normal, the others untested."""
    return np.array([-1, 1, 1, 0, 0, 0, -1, -1], np.int8)
