"""The verb `rank` tells a table, writes a file, and says what it did not understand."""

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from muster import registry
from muster.answers.errors import SetSizeError
from muster.cli import app
from muster.verbs.rank import RankError

MODULE = [f"Gen{number}" for number in (4, 12, 24, 40, 52, 64, 76, 88, 100, 120)]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["rank", *words])


@pytest.fixture(autouse=True)
def _model(candidate_workspace: Path) -> None:
    """Every test here asks the champion of the planted modules."""


def test_genes_are_told_as_a_table_likeliest_first() -> None:
    result = run(*MODULE, "--top", "5")

    head, *lines = result.stdout.splitlines()
    assert head.split() == ["rank", "symbol", "gene", "probability", "level", "tested", "why"]
    assert [line.split()[0] for line in lines] == ["1", "2", "3", "4", "5"]
    assert "Tbio" in lines[0]
    assert any("interacts with" in line for line in lines)


def test_names_come_from_a_file_too(tmp_path: Path) -> None:
    names = tmp_path / "genes.txt"
    last = "\n".join(MODULE[7:])
    names.write_text(f"# my favourites\n{', '.join(MODULE[:5])}\n{MODULE[5]} ; {MODULE[6]} # more below\n{last}")

    assert run("--file", str(names), "--top", "5").stdout == run(*MODULE, "--top", "5").stdout


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_table_is_written_to_a_file(tmp_path: Path, kind: str) -> None:
    out = tmp_path / f"ranked.{kind}"

    result = run(*MODULE, "--top", "7", "--untested", "--out", str(out))

    table = pd.read_csv(out) if kind == "csv" else pd.read_parquet(out)
    assert result.stdout == f"7 genes: {out}\n"
    assert len(table) == 7
    assert not table["is_tested"].any()
    assert list(table.columns) == [
        *["rank", "gene_id", "symbol", "score", "probability", "target_level", "is_tested", "reasons"]
    ]


def test_another_kind_of_file_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    result = run(*MODULE, "--out", str(tmp_path / "ranked.xlsx"))

    assert isinstance(result.exception, RankError)
    assert "ends in .csv or .parquet" in str(result.exception)


def test_an_unknown_name_is_told_with_near_matches_and_left_out() -> None:
    result = run(*MODULE, "Gen2x", "HUMAN8", "--top", "20")

    assert "Gen2x: no gene is called so; left out; did you mean Gen2" in result.stderr
    assert "HUMAN8: a human symbol, taken as its one-to-one orthologue Gen8" in result.stderr
    assert "of 11 of the set" in result.stdout


def test_too_few_genes_are_no_question() -> None:
    result = run("Gen4", "Gen8")

    assert isinstance(result.exception, SetSizeError)
    assert str(result.exception) == "genes: found 2 known genes, expected at least 3 different genes"


def test_the_model_of_a_release_is_asked_by_its_number() -> None:
    assert run(*MODULE, "--release", "3.0").stdout == run(*MODULE).stdout


def test_a_release_without_a_model_says_what_to_run() -> None:
    result = run(*MODULE, "--release", "9.0")

    assert isinstance(result.exception, registry.NoModelError)
    assert "run `muster train candidate_genes 9.0`" in str(result.exception)
    assert "but on 3.0" in str(result.exception)


def test_more_genes_than_any_set_that_was_learned_from_are_no_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muster.answers.candidates.MOST", 9)

    result = run(*MODULE)

    assert isinstance(result.exception, SetSizeError)
    assert "found 10 known genes, expected at most 9" in str(result.exception)


def test_a_table_without_rows_has_its_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muster.answers.candidates.rank", lambda *_, **__: [])
    out = tmp_path / "ranked.csv"

    run(*MODULE, "--out", str(out))

    assert list(pd.read_csv(out).columns)[:3] == ["rank", "gene_id", "symbol"]


def test_a_table_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks_off(table: pd.DataFrame, path: Path, **_: object) -> None:
        path.write_text("rank,ge")
        raise OSError("no space left")

    out = tmp_path / "ranked.csv"
    out.write_text("old")
    monkeypatch.setattr(pd.DataFrame, "to_csv", breaks_off)

    assert isinstance(run(*MODULE, "--out", str(out)).exception, OSError)
    assert out.read_text() == "old"
