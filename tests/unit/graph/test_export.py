import gzip
from pathlib import Path

import networkx as nx
import pytest

from muster.graph import export
from muster.graph.export import to_networkx, write_graphml
from muster.graph.selection import Selection


def edges(graph: nx.MultiGraph) -> dict[tuple[frozenset[str], str], dict]:
    return {(frozenset((a, b)), data["kind"]): data for a, b, data in graph.edges(data=True)}


def test_a_node_carries_what_is_known_of_it_and_nothing_that_is_not(six_genes: str) -> None:
    graph = to_networkx(six_genes)

    assert graph.graph == {"release": "1.0", "build": "build"}
    assert graph.nodes["GO:1"] == {"kind": "go", "name": 'a < b & "c"'}
    assert graph.nodes["MGI:5"] == {
        "kind": "gene",
        "name": "Eee",
        "degree": 0,
        "human_symbol": "EEE",
        "target_family": "Kinase",
        "loeuf": 0.5,
        "missense_oe": 0.7,
        "is_tested": False,
        "has_one_to_one_orthologue": True,
    }


def test_two_sources_of_one_pair_are_two_edges_and_is_a_says_which_end_is_narrower(six_genes: str) -> None:
    graph = to_networkx(six_genes)

    assert graph["MGI:1"]["MGI:2"] == {
        "string": {"kind": "string", "source": "string", "score": 0.9},
        "biogrid": {"kind": "biogrid", "source": "biogrid"},
    }
    assert graph["MP:1"]["MP:2"]["is_a"] == {"kind": "is_a", "source": "mp", "narrower": "MP:2"}
    assert graph["MGI:1"]["MP:1"]["mp"] == {"kind": "mp", "source": "assertions", "is_direct": False}


@pytest.mark.parametrize("name", ["graph.graphml", "graph.graphml.gz"])
def test_graphml_is_read_back_as_the_same_graph(six_genes: str, tmp_path: Path, name: str) -> None:
    written = write_graphml(six_genes, tmp_path / "new" / name)

    read = nx.read_graphml(tmp_path / "new" / name)

    whole = to_networkx(six_genes)
    assert dict(read.nodes(data=True)) == dict(whole.nodes(data=True))
    assert edges(read) == edges(whole)
    assert len(written.edges) == read.number_of_edges() == 15
    assert {name: read.graph[name] for name in ("release", "build")} == whole.graph


def test_a_part_is_written_alone(six_genes: str, tmp_path: Path) -> None:
    write_graphml(six_genes, tmp_path / "part.graphml", Selection(["Bbb"], kinds=["go"]))

    assert set(nx.read_graphml(tmp_path / "part.graphml").nodes) == {"MGI:2", "GO:1"}


def test_the_same_graph_is_the_same_bytes(six_genes: str, tmp_path: Path) -> None:
    write_graphml(six_genes, tmp_path / "one.graphml.gz")
    write_graphml(six_genes, tmp_path / "two.graphml.gz")

    assert (tmp_path / "one.graphml.gz").read_bytes() == (tmp_path / "two.graphml.gz").read_bytes()


def test_what_xml_cannot_hold_is_left_out(publish_marts, six_genes: str, tmp_path: Path, monkeypatch) -> None:
    bell = "select 'MGI:1' as gene_id, 'GO:1' as node_id, 'go' as node_kind, 'a' || chr(7) || 'b' as node_name,"
    publish_marts(six_genes, annotations=f"{bell} 'go' as source, 1.0 as weight")

    write_graphml(six_genes, tmp_path / "graph.graphml")

    assert nx.read_graphml(tmp_path / "graph.graphml").nodes["GO:1"]["name"] == "ab"


def test_a_file_that_cannot_be_finished_leaves_the_one_before(six_genes: str, tmp_path: Path, monkeypatch) -> None:
    target = tmp_path / "graph.graphml.gz"
    target.write_bytes(gzip.compress(b"before"))
    monkeypatch.setattr(export, "with_narrower", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        write_graphml(six_genes, target)

    assert gzip.decompress(target.read_bytes()) == b"before"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["graph.graphml.gz"]
