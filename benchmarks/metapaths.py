"""Metapath features on a graph of ProteinGraphML's size against path lists, and path counts against hetmatpy.

The graph is random, of the size of IDG's: 20,000 proteins, 46,000 nodes, 2.9 M edges, with hubs and large nodes. The
oracle lists every path in pandas, as ProteinGraphML does, by the published definition (its interaction block kept
symmetric), on the whole graph. hetmatpy fills in genes x genes, so it is compared on a small graph. Ours runs first and
in one thread; its memory is read before the oracles begin. All in one run.

    python benchmarks/metapaths.py --check

hetmatpy needs `pip install -e .[bench]`; without it that part is said and left out.
"""

import argparse
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from muster.graph.instances import NodeSource, PartnerSource, Source, make_sources
from muster.graph.knowledge import KnowledgeGraph, Membership
from muster.graph.metapaths import make_hops, path_counts

GENES = 20_000
INTERACTIONS = 2_300_000
KINDS = {"go": (18_000, 350_000), "reactome": (2_100, 120_000), "interpro": (5_500, 70_000), "kegg": (330, 30_000)}
"""Nodes and memberships of each kind."""
TERMS, FOLDS = 500, 5
TOLERANCE = 1e-9
TERM_SECONDS, ALL_SECONDS, ALL_GB = 0.1, 180.0, 4.0
BATCH = 16

SMALL = 1_000
SMALL_INTERACTIONS = 10_000
COMPARED = {
    "string": "GiG",
    "go": "GpNpG",
    "string.string": "GiGiG",
    "string.go": "GiGpNpG",
    "go.string": "GpNpGiG",
    "string.string.string": "GiGiGiG",
    "go.reactome": "GpNpGrRrG",
    "string.string.go": "GiGiGpNpG",
    "string.go.string": "GiGpNpGiG",
    "go.string.string": "GpNpGiGiG",
}
LARGE = list(COMPARED)[:8]

Labels = NDArray[np.bool_]


def make_graph(share: float, *, seed: int, interactions: int | None = None) -> KnowledgeGraph:
    """Return a random graph of a share of the reference's size; some genes and some nodes have very many edges."""
    chance = np.random.default_rng(seed)
    genes = int(GENES * share)
    studied = chance.lognormal(0.0, 0.8, genes)
    return KnowledgeGraph(
        gene_ids=[f"MGI:{number:06d}" for number in range(genes)],
        symbols=[],
        interactions={"string": _scores(chance, studied / studied.sum(), interactions or int(INTERACTIONS * share))},
        memberships={
            kind: Membership([], [], _members(chance, studied / studied.sum(), int(nodes * share), int(edges * share)))
            for kind, (nodes, edges) in KINDS.items()
        },
    )


def _scores(chance: np.random.Generator, weights: NDArray[np.float64], edges: int) -> sparse.csr_array:
    genes = len(weights)
    pairs = np.sort(chance.choice(genes, (int(edges * 1.3), 2), p=weights), axis=1)
    codes = np.unique(pairs[pairs[:, 0] < pairs[:, 1]] @ np.array([genes, 1]))
    rows, columns = np.divmod(chance.permutation(codes)[:edges], genes)
    scores = chance.integers(150, 1000, len(rows)) / 1000
    upper = sparse.csr_array((scores, (rows, columns)), (genes, genes))
    return (upper + upper.T).tocsr()


def _members(chance: np.random.Generator, weights: NDArray[np.float64], nodes: int, edges: int) -> sparse.csr_array:
    sizes = 1.0 / (np.arange(nodes) + 5.0) ** 0.8
    drawn = int(edges * 1.6)
    rows = chance.choice(len(weights), drawn, p=weights)
    codes = np.unique(rows * nodes + chance.choice(nodes, drawn, p=sizes / sizes.sum()))
    rows, columns = np.divmod(chance.permutation(codes)[:edges], nodes)
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), (len(weights), nodes))


def drawn(genes: int, count: int, *, seed: int) -> Labels:
    """Return labels with so many positives."""
    labels = np.zeros(genes, np.bool_)
    labels[np.random.default_rng(seed).choice(genes, count, replace=False)] = True
    return labels


def listed(source: Source, labels: Labels) -> sparse.csr_array:
    """Return the features of one source by listing every path: the oracle."""
    paths = _edges_to_partners(source, labels) if isinstance(source, PartnerSource) else _paths(source, labels)
    unique = paths["other"].nunique()
    middle = paths.groupby("other")["other"].transform("size")
    edge = paths.groupby("gene")["gene"].transform("size")
    values = middle**-0.5 * edge**-0.5 * unique**-0.5 * paths["score"]
    table = values.groupby([paths["gene"], paths["column"]]).mean()
    genes, columns = (table.index.get_level_values(level) for level in ("gene", "column"))
    shape = source.scores.shape if isinstance(source, PartnerSource) else source.members.shape
    return sparse.csr_array((table.to_numpy(), (genes, columns)), shape)


def _paths(source: NodeSource, labels: Labels) -> pd.DataFrame:
    genes, nodes = source.members.nonzero()
    edges = pd.DataFrame({"gene": genes, "column": nodes})
    ends = edges[labels[genes]].rename(columns={"gene": "other"})
    paths = edges.merge(ends, on="column")
    return paths[paths["gene"] != paths["other"]].assign(score=1.0)


def _edges_to_partners(source: PartnerSource, labels: Labels) -> pd.DataFrame:
    edges = source.scores.tocoo()
    kept = labels[edges.col]
    others = edges.col[kept]
    return pd.DataFrame({"gene": edges.row[kept], "other": others, "column": others, "score": edges.data[kept]})


def widened(source: Source, labels: Labels) -> sparse.csr_array:
    """Return our features in the columns of the oracle."""
    found = source.features(labels)
    values = found.values.tocoo()
    shape = source.scores.shape if isinstance(source, PartnerSource) else source.members.shape
    return sparse.csr_array((values.data, (values.row, found.columns[values.col])), shape)


def timed(work: Callable[[], Any], repeats: int = 1) -> float:
    """Return the median seconds."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def one_term(sources: Mapping[str, Source], labels: Labels) -> int:
    """Compute all features of one term and return how many numbers they are."""
    return sum(source.features(labels).values.nnz for source in sources.values())


def all_terms(sources: Mapping[str, Source], genes: int) -> float:
    """Return the seconds that all terms take, five times each, from the labels of the other folds."""
    chance = np.random.default_rng(5)
    sizes = np.clip(chance.lognormal(np.log(200), 0.9, TERMS), 50, 2_000).astype(int)
    fold = chance.integers(0, FOLDS, genes)
    start = time.perf_counter()
    numbers = 0
    for term, size in enumerate(sizes):
        labels = drawn(genes, size, seed=term)
        numbers += sum(one_term(sources, labels & (fold != held)) for held in range(FOLDS))
    seconds = time.perf_counter() - start
    sizes_told = f"{sizes.min()} to {sizes.max()} positives, median {np.median(sizes):.0f}"
    print(f"{TERMS} terms ({sizes_told}) x {FOLDS} folds: {seconds:.1f} s, {numbers / 1e9:.2f} G numbers", flush=True)
    return seconds


def peak_gb() -> float:
    """Return the most memory this process has had."""
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 2**20


def cost_curve() -> None:
    """Print seconds a term by the size of the graph and the number of positives."""
    counts = [50, 100, 200, 500, 1_000]
    print("seconds a term:  share of the graph | " + " | ".join(f"{count} positives" for count in counts))
    for share in (0.25, 0.5, 1.0, 2.0):
        graph = make_graph(share, seed=1)
        sources, genes = make_sources(graph), len(graph.gene_ids)
        terms = [drawn(genes, count, seed=count) for count in counts]
        seconds = [timed(partial(one_term, sources, labels), 5) for labels in terms]
        print(f"  {share:4g} ({genes:,} genes) | " + " | ".join(f"{each:.4f}" for each in seconds), flush=True)


def path_count_cost(graph: KnowledgeGraph) -> float:
    """Return the seconds that path counts of all terms and folds take, from one batch of terms."""
    genes = len(graph.gene_ids)
    start = time.perf_counter()
    hops = make_hops(_unscored(graph), LARGE)
    prepared = time.perf_counter() - start
    print(f"path counts, {len(LARGE)} metapaths: prepared once in {prepared:.1f} s", flush=True)
    fold = np.random.default_rng(5).integers(0, FOLDS, genes)
    columns = [drawn(genes, 200, seed=term) & (fold == held) for term in range(BATCH) for held in range(FOLDS)]
    labels = np.stack(columns, axis=1).astype(np.float64)
    seconds = timed(lambda: [None for _ in path_counts(hops, LARGE, labels)]) / BATCH
    print(f"path counts, {BATCH} terms x {FOLDS} folds: {seconds:.3f} s a term", flush=True)
    return prepared + seconds * TERMS


def _unscored(graph: KnowledgeGraph) -> KnowledgeGraph:
    edges = graph.interactions["string"].copy()
    edges.data[:] = 1.0
    return KnowledgeGraph(graph.gene_ids, graph.symbols, {"string": edges}, graph.memberships)


def against_lists(sources: Mapping[str, Source], genes: int) -> list[str]:
    """Compare every source with its path list and return what was missed."""
    missed = []
    for count in (100, 500):
        labels = drawn(genes, count, seed=count)
        ours = timed(partial(one_term, sources, labels), 9)
        theirs, apart = 0.0, 0.0
        for name, source in sources.items():
            start = time.perf_counter()
            table = listed(source, labels)
            theirs += time.perf_counter() - start
            found = float(abs(widened(source, labels) - table).max())
            told = f"{table.nnz:9,} numbers up to {table.max():.3f}, largest difference {found:.1e}"
            print(f"  {count} positives, {name:8}: {told}", flush=True)
            apart = max(apart, found)
        print(f"{count} positives: {ours:.4f} s, listing paths {theirs:.1f} s, {theirs / ours:.0f} times", flush=True)
        if apart > TOLERANCE:
            missed.append(f"differs from the path lists by {apart:.1e}")
        if ours > TERM_SECONDS:
            missed.append(f"{ours:.3f} s a term of {count}")
    return missed


def against_hetmatpy() -> list[str]:
    """Compare path counts with hetmatpy's on a small graph and return what was missed."""
    if importlib.util.find_spec("hetmatpy") is None:
        print("hetmatpy: left out, not installed: pip install -e .[bench]")
        return ["hetmatpy is not installed"]
    from hetmatpy.degree_weight import categorize, dwpc, dwwc_chain

    graph = _unscored(make_graph(SMALL / GENES, seed=2, interactions=SMALL_INTERACTIONS))
    hetnet = _hetnet(graph)
    counts = dict(path_counts(make_hops(graph, COMPARED), COMPARED, np.eye(SMALL)))
    missed = []
    for metapath, name in COMPARED.items():
        walked = hetnet.metagraph.get_metapath(name)
        _, _, theirs = dwpc(hetnet, walked, damping=0.5, dense_threshold=1, dwwc_method=dwwc_chain)
        # For four genes in a row hetmatpy leaves closed walks on the diagonal; a path never ends where it began.
        apart = np.abs(counts[metapath] - theirs.toarray())[~np.eye(SMALL, dtype=bool)].max()
        largest = counts[metapath].max()
        print(
            f"  hetmatpy {name:9} ({categorize(walked)}): up to {largest:.3f}, largest difference {apart:.1e}",
            flush=True,
        )
        if apart > TOLERANCE:
            missed.append(f"{name} differs from hetmatpy by {apart:.1e}")
    return missed


def _hetnet(graph: KnowledgeGraph) -> Any:
    from hetnetpy.hetnet import Graph, MetaGraph

    kinds = {"Gene": "G", "Node": "N", "Reaction": "R"}
    verbs = {"interacts": "i", "participates": "p", "reacts": "r"}
    edges = [("Gene", "Gene", "interacts"), ("Gene", "Node", "participates"), ("Gene", "Reaction", "reacts")]
    hetnet = Graph(MetaGraph.from_edge_tuples([(*edge, "both") for edge in edges], kinds | verbs))
    matrices = [
        sparse.triu(graph.interactions["string"]),
        *(graph.memberships[kind].weights for kind in ("go", "reactome")),
    ]
    for kind, size in zip(kinds, (SMALL, matrices[1].shape[1], matrices[2].shape[1]), strict=True):
        for number in range(size):
            hetnet.add_node(kind, number)
    for (source, target, verb), matrix in zip(edges, matrices, strict=True):
        for row, column in zip(*matrix.nonzero(), strict=True):
            hetnet.add_edge((source, int(row)), (target, int(column)), verb, "both")
    return hetnet


def main() -> None:
    """Run all parts and print what was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    options = parser.parse_args()
    graph = make_graph(1.0, seed=1)
    nodes = len(graph.gene_ids) + sum(found.weights.shape[1] for found in graph.memberships.values())
    edges = graph.interactions["string"].nnz // 2 + sum(found.weights.nnz for found in graph.memberships.values())
    print(f"{len(graph.gene_ids):,} proteins, {nodes:,} nodes, {edges:,} edges", flush=True)
    sources = make_sources(graph)
    print(f"sources made once in {timed(lambda: make_sources(graph)):.3f} s", flush=True)
    seconds, counting, peak = all_terms(sources, len(graph.gene_ids)), path_count_cost(graph), peak_gb()
    told = f"{seconds:.0f} s + {counting:.0f} s of path counts (from {BATCH} terms), peak {peak:.2f} GB, graph included"
    print(f"all terms and folds: {told}; targets < {ALL_SECONDS:g} s, < {ALL_GB:g} GB", flush=True)
    missed = [f"{seconds + counting:.0f} s for all terms"] if seconds + counting > ALL_SECONDS else []
    missed += [f"{peak:.1f} GB"] if peak > ALL_GB else []
    missed += against_lists(sources, len(graph.gene_ids)) + against_hetmatpy()
    cost_curve()
    print("missed: " + ("; ".join(missed) or "nothing"))
    sys.exit(1 if options.check and missed else 0)


if __name__ == "__main__":
    main()
