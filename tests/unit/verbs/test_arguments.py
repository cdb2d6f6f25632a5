"""The verbs that look after releases take each release under one name."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from muster import cli
from muster.catalog import ReleaseNameError
from muster.verbs.arguments import NamesFileError, names_in, names_or_file, release_number


@pytest.mark.parametrize(("given", "meant"), [("4.2", "4.2"), ("04.2", "4.2"), ("24.00", "24.0"), ("", "")])
def test_a_release_has_one_name(given: str, meant: str) -> None:
    assert release_number(given) == meant


@pytest.mark.parametrize("given", ["\u0662\u0664.\u0660", "24", "24.0 ", "v24.0", "24.0.1"])
def test_what_is_no_release_number_is_refused(given: str) -> None:
    with pytest.raises(ReleaseNameError, match="write it like 18"):
        release_number(given)


@pytest.mark.parametrize("words", ["fetch", "load", "check raw", "transform", "publish", "materialize", "compare"])
def test_every_verb_gets_that_name(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(cli, "_step", lambda *words: asked.append(words))

    CliRunner().invoke(cli.app, [*words.split(), "04.2"], catch_exceptions=False)

    assert asked == [(*words.split(), "4.2")]


@pytest.mark.parametrize("words", ["run --release", "verify", "forget"])
def test_so_do_the_verbs_that_are_no_step(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    asked: list[str] = []
    verb = words.split(maxsplit=1)[0]
    place = "muster.pipeline.run" if verb == "run" else f"muster.steps.{verb}.{verb}"
    monkeypatch.setattr(place, lambda release, *_: asked.append(release))

    CliRunner().invoke(cli.app, [*words.split(), "04.2"], catch_exceptions=False)

    assert asked == ["4.2"]


def test_a_file_may_begin_with_the_mark_of_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "genes.txt"
    path.write_text("Cib2\n# the rest\nRpl13, Pax6; Tbx1 # heart\n", encoding="utf-8-sig")

    assert names_in(path) == ["Cib2", "Rpl13", "Pax6", "Tbx1"]
    assert names_or_file(str(path)) == ("Cib2", "Rpl13", "Pax6", "Tbx1")


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_file_in_another_encoding_is_refused_by_its_name(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "genes.txt"
    path.write_text("Cib2 # f\u00fcr uns", encoding=encoding)

    with pytest.raises(NamesFileError, match=r"genes\.txt: not UTF-8; save it as UTF-8 text"):
        names_in(path)


def test_more_genes_than_a_file_name_is_long_are_names() -> None:
    genes = [f"Gen{number}" for number in range(100)]

    assert names_or_file(",".join(genes)) == tuple(genes)
    assert names_or_file("G" * 300) == ("G" * 300,)
