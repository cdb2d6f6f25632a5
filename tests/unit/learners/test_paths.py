from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse

from muster.graph.knowledge import KnowledgeGraph, Membership
from muster.graph.metapaths import make_hops, path_counts
from muster.learners.evidence import gather, make_walker
from muster.learners.labels import CALLED, TESTED
from muster.learners.paths import Path, in_words, strongest, trails

GENES, NODES = 24, 7
METAPATHS = [
    *["string", "go", "string.string", "string.biogrid", "string.go", "go.string", "go.reactome"],
    *["string.string.string", "string.biogrid.string", "string.string.go", "string.go.biogrid", "go.string.biogrid"],
]


@pytest.fixture(scope="module")
def graph() -> KnowledgeGraph:
    chance = np.random.default_rng(5)

    def interactions(share: float) -> sparse.csr_array:
        upper = np.triu(chance.random((GENES, GENES)) < share, 1)
        return sparse.csr_array((upper | upper.T).astype(float))

    def membership(kind: str) -> Membership:
        edges = sparse.csr_array((chance.random((GENES, NODES)) < 0.25).astype(float))
        return Membership([f"{kind.upper()}:{n}" for n in range(NODES)], [f"{kind} {n}" for n in range(NODES)], edges)

    return KnowledgeGraph(
        gene_ids=[f"MGI:{number:02d}" for number in range(GENES)],
        symbols=[f"Gen{number}" for number in range(GENES)],
        interactions={"string": interactions(0.2), "biogrid": interactions(0.15)},
        memberships={kind: membership(kind) for kind in ("go", "reactome")},
    )


@pytest.fixture(scope="module")
def is_called() -> np.ndarray:
    return np.random.default_rng(6).random(GENES) < 0.4


@pytest.mark.parametrize("metapath", METAPATHS)
def test_all_paths_of_a_gene_add_up_to_its_path_count(
    graph: KnowledgeGraph, is_called: np.ndarray, metapath: str
) -> None:
    hops = make_hops(graph, METAPATHS)
    ((_, counts),) = path_counts(hops, [metapath], is_called.astype(float)[:, None])
    trail = trails(hops.by_kind, METAPATHS, is_called)[metapath]

    totals = [sum(path.weight for path in strongest(trail, gene)) for gene in range(GENES)]

    assert counts[:, 0].max() > 0
    assert totals == pytest.approx(counts[:, 0].tolist(), abs=1e-12)


@pytest.mark.parametrize("metapath", METAPATHS)
def test_paths_come_strongest_first_and_no_path_comes_twice(
    graph: KnowledgeGraph, is_called: np.ndarray, metapath: str
) -> None:
    trail = trails(make_hops(graph, METAPATHS).by_kind, METAPATHS, is_called)[metapath]
    for gene in range(GENES):
        found = list(strongest(trail, gene))

        assert all(before.weight >= after.weight - 1e-15 for before, after in pairwise(found))
        assert len({path.places for path in found}) == len(found)
        assert all(is_called[path.places[-1]] and path.places[-1] != gene for path in found)


def test_the_count_is_the_one_the_final_booster_saw(graph: KnowledgeGraph, is_called: np.ndarray) -> None:
    metapaths = ["string", "go", "string.go"]
    walker = make_walker(graph, metapaths)
    states = np.where(is_called, CALLED, TESTED).astype(np.int8)[:, None]
    fold = (np.arange(GENES) % 5).astype(np.int32)

    (evidence,) = gather(walker, states, fold, 5)

    found = trails(walker.hops.by_kind, metapaths, is_called)
    for place, metapath in enumerate(metapaths):
        seen = evidence.called[:, 3, place].sum()
        assert sum(path.weight for path in strongest(found[metapath], 3)) == pytest.approx(seen)


def test_a_path_is_told_by_the_names_on_it(graph: KnowledgeGraph, is_called: np.ndarray) -> None:
    trail = trails(make_hops(graph, METAPATHS).by_kind, METAPATHS, is_called)["string.go"]

    assert in_words(graph, trail, Path((1, 2, 3, 4), 0.1)) == "Gen1 -STRING- Gen2 -GO:3 (go 3)- Gen4"
