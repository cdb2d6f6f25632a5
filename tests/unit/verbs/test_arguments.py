"""The verbs that look after releases take each release under one name."""

import pytest
from typer.testing import CliRunner

from muster import cli
from muster.catalog import ReleaseNameError
from muster.verbs.arguments import release_number


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
