import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from muster.portal.models import Version, likely_lethal, rendered

VIABILITY = "select * from (values ('MGI:1', 'lethal'), ('MGI:2', 'conflicting')) as t(gene_id, outcome)"


@pytest.fixture
def viability(tmp_path: Path) -> Version:
    rows = [
        ("MGI:1", "A", "lethal", 0.9),
        ("MGI:2", "B", None, 0.8),
        ("MGI:3", "C", None, 0.7),
        ("MGI:4", "D", None, 0.6),
    ]
    table = pd.DataFrame(rows, columns=["gene_id", "symbol", "outcome", "lethal"])
    table.assign(subviable=0.1, viable=0.1).to_parquet(tmp_path / "predictions.parquet")
    return Version("23.0", "v1", tmp_path, {}, None, is_champion=True)


def test_a_gene_whose_lines_disagree_is_not_told_as_untested(
    viability: Version, publish_marts: Callable[..., Path]
) -> None:
    publish_marts("23.0", viability=VIABILITY)

    assert [row["gene_id"] for row in likely_lethal(viability)] == ["MGI:3", "MGI:4"]


def test_a_probably_lethal_gene_comes_with_its_reasons(viability: Version) -> None:
    told = pd.DataFrame([("MGI:3", json.dumps(["human constraint: odds of lethal x 2.0"]))])
    told.set_axis(["gene_id", "reasons"], axis=1).to_parquet(viability.folder / "explanations.parquet")

    reasons = {row["gene_id"]: row["reasons"] for row in likely_lethal(viability)}

    assert (reasons["MGI:3"], reasons["MGI:4"]) == (["human constraint: odds of lethal x 2.0"], [])


def test_html_in_a_card_is_text_and_tables_are_tables() -> None:
    html = rendered("a <script>alert(1)</script>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")

    assert "<script>" not in html
    assert '<div class="scroll"><table>' in html
