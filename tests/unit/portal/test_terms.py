from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from muster.portal import terms
from muster.portal.models import Version

GENES = """
select 'MGI:' || n as gene_id, 'Gene' || n as symbol, if(n in (65, 70), 'Tdark', null) as target_level
from range(1, 301) as r(n)
"""


@pytest.fixture
def listed(version: Version, publish_marts: Callable[..., Path]) -> pd.DataFrame:
    publish_marts("23.0", genes=GENES)
    return terms.listed(version)


def test_the_best_untested_genes_come_with_their_prior_and_level(listed: pd.DataFrame) -> None:
    assert len(listed) == 2 * terms.LISTED
    first = listed.iloc[4]
    assert (first["gene_id"], first["target_level"]) == ("MGI:65", "Tdark")
    assert first["probability_over_prior"] == pytest.approx(0.435 * 3)


def test_a_page_gets_what_was_written_about_a_gene_as_lists(listed: pd.DataFrame) -> None:
    rows = terms.candidates(listed)["MP:1"]

    assert len(rows) == terms.SHOWN
    gene = rows[4]
    assert gene["is_dark"]
    assert gene["reasons"][0].startswith("interacts with Tbx6")
    assert gene["groups"] == [
        ("interaction partners", 0.7),
        ("constraint", -0.4),
        ("the rest", pytest.approx(0.01)),
        ("base", -2.1),
    ]
    assert gene["paths"][0]["path"] == "Gene5 -STRING- Tbx6"
    assert (rows[0]["reasons"], rows[0]["groups"], rows[0]["is_dark"]) == ([], [], False)


def test_each_term_has_a_csv_in_words(listed: pd.DataFrame, tmp_path: Path) -> None:
    terms.write_csvs(listed, tmp_path / "terms")

    found = pd.read_csv(tmp_path / "terms" / "MP_1.csv")
    assert len(found) == terms.LISTED
    row = found.iloc[4]
    assert (row["symbol"], row["target_level"], row["rank"]) == ("Gene65", "Tdark", 5)
    assert row["paths"] == "Gene5 -STRING- Tbx6 (weight 0.35)"
    assert row["nearest"] == "Gene1 (called, cosine 0.91)"
    assert row["against"].startswith("paralogue Gene9")


def test_held_out_answers_are_those_of_tested_genes(version: Version) -> None:
    found = dict(terms.held_out(version))

    assert sorted(found) == ["MP:1", "MP:2"]
    assert (len(found["MP:1"].score), int(found["MP:1"].is_called.sum())) == (60, 20)


def test_a_release_without_levels_has_no_dark_genes(version: Version, publish_marts: Callable[..., Path]) -> None:
    publish_marts("23.0", genes="select 'MGI:1' as gene_id")

    assert terms.target_levels("23.0") == {}
    assert terms.target_levels("22.0") == {}
    assert terms.listed(version)["target_level"].isna().all()
