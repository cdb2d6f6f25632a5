"""The term network of a release."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest

from muster import lake
from muster.portal.offline import external_references
from muster.settings import settings
from muster.steps.networks import networks

# Genes 0 to 9 have both heart and bone calls, 10 to 14 only eye; a narrower heart term is below the heart term.
CALLS = """
select 'MGI:' || gene as gene_id, term as mp_term_id, 'name of ' || term as mp_term_name, '1.0' as release,
    if(is_hit, 'called', 'tested') as status, is_hit and term <> 'MP:root' as is_direct
from (
    select gene, term, case term
        when 'MP:heart' then gene < 10 when 'MP:valve' then gene < 8 when 'MP:bone' then gene < 9 or gene = 30
        when 'MP:eye' then gene between 10 and 14 else gene < 15 end as is_hit
    from range(60) as genes(gene), unnest(['MP:heart', 'MP:valve', 'MP:bone', 'MP:eye', 'MP:root']) as terms(term)
)
"""
TERMS = """
select * from (values
    ('MP:root', 'all', []::varchar[], []::varchar[]),
    ('MP:heart', 'cardiovascular system phenotype', ['MP:root'], ['MP:heart']),
    ('MP:valve', 'abnormal valve', ['MP:heart', 'MP:root'], ['MP:heart']),
    ('MP:bone', 'skeleton phenotype', ['MP:root'], ['MP:bone']),
    ('MP:eye', 'vision/eye phenotype', ['MP:root'], ['MP:eye'])
) as terms(mp_term_id, mp_term_name, ancestor_ids, top_level_ids)
"""


@pytest.fixture
def folder(publish_marts: Callable[..., Path]) -> Path:
    publish_marts("18.0", gene_phenotypes=CALLS, terms=TERMS)
    return networks("18.0")


def test_terms_that_share_genes_beyond_chance_are_joined(folder: Path) -> None:
    edges = pd.read_parquet(folder / "edges.parquet").set_index(["term_a", "term_b"])

    assert folder == settings().release_reports("18.0") / "networks"
    assert edges.loc[("MP:bone", "MP:heart"), "shared"] == 9
    assert edges.loc[("MP:bone", "MP:heart"), "expected"] == pytest.approx(10 * 10 / 60)
    assert edges.loc[("MP:bone", "MP:heart"), "q_value"] < 1e-6
    assert edges[edges["is_edge"]].index.tolist() == [("MP:bone", "MP:heart"), ("MP:bone", "MP:valve")]


def test_a_term_is_never_joined_to_its_ancestor(folder: Path) -> None:
    edges = pd.read_parquet(folder / "edges.parquet")

    assert ("MP:heart", "MP:valve") not in set(zip(edges["term_a"], edges["term_b"], strict=True))


def test_terms_called_only_by_closure_are_no_nodes(folder: Path) -> None:
    nodes = pd.read_parquet(folder / "nodes.parquet")

    assert nodes["mp_term_id"].tolist() == ["MP:bone", "MP:eye", "MP:heart", "MP:valve"]
    assert nodes["top_level"].tolist() == ["skeleton", "vision/eye", "cardiovascular system", "cardiovascular system"]
    assert nodes["degree"].tolist() == [2, 0, 1, 1]


def test_graphml_and_summary_say_the_same(folder: Path) -> None:
    summary = json.loads((folder / "summary.json").read_text())
    graph = nx.read_graphml(folder / "network.graphml")

    assert (summary["terms"], summary["edges"]) == (graph.number_of_nodes(), graph.number_of_edges()) == (4, 2)
    assert graph.nodes["MP:heart"]["gene_count"] == 10


def test_the_page_stands_alone(folder: Path) -> None:
    page = (folder / "index.html").read_text()

    assert external_references(page) == []
    assert "name of MP:bone" in page


def test_a_second_run_writes_the_same_bytes(folder: Path) -> None:
    before = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}

    networks("18.0")

    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()} == before


def test_a_release_without_calls_is_skipped_with_a_word(publish_marts: Callable[..., Path]) -> None:
    publish_marts("18.0", terms=TERMS)

    with pytest.raises(lake.SkippedError, match=r"18\.0.*no gene_phenotypes"):
        networks("18.0")
