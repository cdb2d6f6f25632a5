import inspect
import sys
from pathlib import Path

import pytest

from muster import backtest, cli
from muster.learners import prospective
from muster.settings import settings
from muster.verbs.backtest import backtest as verb


def test_the_options_reach_the_backtest_and_the_line_comes_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def note(train: str, test: str, models: list[str]) -> tuple[Path, str]:
        asked.append((train, test, models, settings().mirror, settings().data))
        return Path("page.html"), "backtest 9.2 -> 10.0: said"

    monkeypatch.setattr(backtest, "backtest", note)
    monkeypatch.setattr(cli.atexit, "register", lambda _: None)
    words = ["--mirror", "here=http://127.0.0.1:1", "--train", "09.2", "--test", "10.0", "--models", "viability,"]
    monkeypatch.setattr(sys, "argv", ["muster", "backtest", *words, "--data", str(tmp_path)])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert not ended.value.code
    assert asked == [("9.2", "10.0", ["viability"], "here=http://127.0.0.1:1", tmp_path)]
    assert capsys.readouterr().out.splitlines() == ["page.html", "backtest 9.2 -> 10.0: said"]


def test_without_being_told_which_all_models_a_later_release_can_judge_are_asked() -> None:
    default = inspect.signature(verb).parameters["models"].default

    assert default.split(",") == prospective.judged_models()
