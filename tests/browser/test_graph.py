"""The page of the knowledge graph as people open it."""

from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page

from muster import lake
from muster.settings import settings
from muster.steps.graph import graph

MARTS = {
    "genes": """
        select 'MGI:' || (100 + n) as gene_id, 'Gene' || n as symbol, 'GENE' || n as human_symbol,
            'Kinase' as target_family, ['Tdark', 'Tbio', 'Tchem', 'Tclin'][1 + n % 4] as target_level,
            1 / (1 + n % 7) as novelty, 0.5 as loeuf,
            0.5 as missense_oe, 0.5 as shet, n % 2 = 0 as is_tested, n % 5 > 0 as has_one_to_one_orthologue,
            n % 3 as hit_count
        from range(60) as numbers(n)""",
    "interactions": """
        select 'MGI:' || (100 + a) as gene_id_a, 'MGI:' || (100 + b) as gene_id_b, 'string' as source, 0.8 as score
        from range(60) as one(a), range(60) as other(b) where a < b and a * b % 11 = 0""",
    "annotations": """
        select 'MGI:' || (100 + n) as gene_id, 'GO:' || n % 6 as node_id, 'go' as node_kind, 'process' as node_name,
            'go' as source, 1.0 as weight from range(50) as numbers(n)""",
}


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    folder = settings().lake / "1.0" / "build"
    folder.mkdir(parents=True)
    for mart, query in MARTS.items():
        duckdb.connect().sql(query).write_parquet(str(folder / f"{mart}.parquet"))
    lake.write_json(folder / "manifest.json", {"release": "1.0", "build": "build", "marts": {}, "absent": {}})
    lake.point(settings().lake / "1.0" / "current", folder)
    return graph("1.0") / "index.html"


@pytest.mark.slow
def test_degrees_levels_and_coverage_are_drawn(shown: Path, page: Page) -> None:
    page.goto(shown.as_uri())

    for plot in ("degrees", "levels", "coverage"):
        page.wait_for_selector(f"#{plot} .main-svg")
    assert page.locator("#levels .box").count() == 4
    assert page.get_by_text("not closed over is_a").count() == 1
    assert page.complaints == []  # type: ignore[attr-defined]
