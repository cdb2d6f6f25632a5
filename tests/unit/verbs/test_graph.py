"""The verb `graph` from the command line."""

import sys
from pathlib import Path

import networkx as nx
import pytest

from muster import cli

GENES = """
select 'MGI:' || number as gene_id, 'Gen' || number as symbol, null as human_symbol, 'Tbio' as target_level,
    null as target_family, 0.1 as novelty, 0.5 as loeuf, 0.5 as missense_oe, 0.5 as shet, true as is_tested,
    true as has_one_to_one_orthologue, 0 as hit_count
from range(9) as numbers(number)
"""
CHAIN = """
select 'MGI:' || number as gene_id_a, 'MGI:' || (number + 1) as gene_id_b, 'string' as source, null::double as score
from range(8) as numbers(number)
"""


def run(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(cli.atexit, "register", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["muster", "graph", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_the_surroundings_of_genes_are_written_and_the_file_is_told(
    publish_marts, tmp_path: Path, monkeypatch, capsys
) -> None:
    publish_marts("1.0", genes=GENES, interactions=CHAIN)
    target = tmp_path / "part.graphml"

    code = run(["--export", str(target), "--genes", "gen4", "--hops", "2", "--kinds", "string"], monkeypatch)

    assert code == 0
    assert capsys.readouterr().out.strip() == str(target)
    assert sorted(nx.read_graphml(target).nodes) == [f"MGI:{number}" for number in (2, 3, 4, 5, 6)]


def test_an_unknown_gene_is_one_line_with_names_like_it(publish_marts, tmp_path: Path, monkeypatch, capsys) -> None:
    publish_marts("1.0", genes=GENES, interactions=CHAIN)

    code = run(["1.0", "--export", str(tmp_path / "x.graphml"), "--genes", "Gen2,Gen33"], monkeypatch)

    assert code == 1
    assert "UnknownGeneError release 1.0 has no gene Gen33: did you mean Gen3" in capsys.readouterr().err
    assert not (tmp_path / "x.graphml").exists()


def test_a_part_without_a_file_to_write_is_refused(publish_marts, monkeypatch, capsys) -> None:
    publish_marts("1.0", genes=GENES, interactions=CHAIN)

    assert run(["1.0", "--genes", "Gen2"], monkeypatch) == 1
    assert "NoFileError say where to write that part of the graph: --export FILE.graphml" in capsys.readouterr().err


def test_a_file_called_like_a_kind_of_edge_is_not_read(publish_marts, tmp_path: Path, monkeypatch) -> None:
    publish_marts("1.0", genes=GENES, interactions=CHAIN)
    (tmp_path / "string").write_text("biogrid")
    monkeypatch.chdir(tmp_path)

    assert run(["--export", "part.graphml", "--kinds", "string"], monkeypatch) == 0
    assert len(nx.read_graphml(tmp_path / "part.graphml").edges) == 8
