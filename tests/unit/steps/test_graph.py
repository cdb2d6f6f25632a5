"""The page of the knowledge graph."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from muster import lake
from muster.portal.offline import external_references
from muster.settings import settings
from muster.steps.graph import graph

GENES = """
select * from (values ('MGI:1', 'Aaa', 'Tclin', 0.1, true), ('MGI:2', 'Bbb', null, null, false))
    as genes(gene_id, symbol, target_level, novelty, is_tested)
    cross join (select 'X' as human_symbol, 'Kinase' as target_family, 0.5 as loeuf, 0.5 as missense_oe, 0.5 as shet,
        true as has_one_to_one_orthologue, 0 as hit_count)
"""
INTERACTIONS = "select 'MGI:1' as gene_id_a, 'MGI:2' as gene_id_b, 'string' as source, null::double as score"
UNMAPPED = "select 'hpa' as source, 'the orthologue is not one-to-one' as reason, 7 as symbol_count"


@pytest.fixture
def folder(publish_marts: Callable[..., Path]) -> Path:
    build = publish_marts("18.0", genes=GENES, interactions=INTERACTIONS, unmapped_symbols=UNMAPPED)
    manifest = json.loads((build / "manifest.json").read_text())
    lake.write_json(
        build / "manifest.json",
        {
            **manifest,
            "sources": {"string_interactions": "5eed", "orthologues": "cafe"},
            "source_rows": {"orthologues": 2},
        },
    )
    return graph("18.0")


def test_the_numbers_say_what_they_are_made_from_and_what_was_not_given(folder: Path) -> None:
    told = json.loads((folder / "graph.json").read_text())

    assert folder == settings().release_reports("18.0") / "graph"
    assert [(row["companion"], row["sha256"], row["rows"]) for row in told["files"]] == [
        ("orthologues", "cafe", 2),
        ("string_interactions", "5eed", None),
    ]
    assert {"human_phenotypes", "go_annotations"} <= set(told["not_given"])
    assert told["unmapped"] == [{"source": "hpa", "reason": "the orthologue is not one-to-one", "symbol_count": 7}]
    assert told["orthologues"] == {"one_to_one": 2, "none_or_shared": 0}


def test_the_page_stands_alone_and_names_what_is_missing(folder: Path) -> None:
    page = (folder / "index.html").read_text()

    assert external_references(page) == []
    assert "<code>human_phenotypes</code>" in page
    assert "the orthologue is not one-to-one" in page


def test_a_release_without_edges_is_skipped_with_a_word(publish_marts: Callable[..., Path]) -> None:
    publish_marts("18.0", genes=GENES)

    with pytest.raises(lake.SkippedError, match=r"graph of 18\.0: .*no interactions and no annotations"):
        graph("18.0")
