import io
import sys

import httpx
import pytest

from muster import cli
from muster.settings import settings


def said(words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: int = 1) -> str:
    """Run a command line that must fail; return what it says on stderr."""
    # The real one closes stderr for good.
    monkeypatch.setattr(cli.atexit, "register", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["muster", *words.split()])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == code
    return capsys.readouterr().err


@pytest.mark.parametrize("verb", ["fetch", "check raw", "compare", "run --release", "harvest mp --release"])
def test_what_is_no_release_is_one_line(monkeypatch, capsys, verb: str) -> None:
    text = said(f"{verb} abc", monkeypatch, capsys)

    assert text == "ReleaseNameError abc: not a release number; write it like 18.0\n"


def test_a_wrong_setting_is_one_line_with_its_name(monkeypatch, capsys) -> None:
    monkeypatch.setenv("MUSTER_DEVICE", "gpu")
    settings.cache_clear()

    assert said("releases", monkeypatch, capsys) == (
        "ValidationError MUSTER_DEVICE: Input should be 'auto', 'cpu' or 'cuda'\n"
    )


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), httpx.ReadTimeout("nobody answers")])
def test_what_the_machine_or_the_network_refuses_is_one_line(monkeypatch, capsys, error: Exception) -> None:
    def fail(*_: str) -> None:
        raise error

    monkeypatch.setattr(cli, "_step", fail)

    assert said("portal", monkeypatch, capsys) == f"{type(error).__name__} {error}\n"


def test_a_fault_of_ours_keeps_its_traceback(monkeypatch) -> None:
    def fail(*_: str) -> None:
        raise ValueError("a fault")

    monkeypatch.setattr(cli, "_step", fail)
    monkeypatch.setattr(sys, "argv", ["muster", "portal"])
    monkeypatch.setattr(cli.atexit, "register", lambda _: None)

    with pytest.raises(ValueError, match="a fault"):
        cli.main()


def test_nothing_is_forgotten_unless_somebody_says_so(monkeypatch, capsys) -> None:
    reports = settings().release_reports("22.0")
    reports.mkdir(parents=True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))

    text = said("forget 22.0", monkeypatch, capsys)

    assert text.endswith("Nobody is here to be asked: say --yes\n")
    assert reports.exists()


def test_a_damaged_file_ends_verify_with_1(monkeypatch, capsys) -> None:
    folder = settings().lake / "22.0" / "build"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text('{"marts": {"genes": {"sha256": "0"}}}')

    assert "genes.parquet is missing" in said("verify 22.0", monkeypatch, capsys)


def test_only_two_stages_can_be_checked(monkeypatch, capsys) -> None:
    assert "everything" in said("check everything 22.0", monkeypatch, capsys, code=2)


def test_a_release_that_is_not_published_is_not_compared_and_leaves_no_folder(monkeypatch, capsys) -> None:
    text = said("compare 99.0", monkeypatch, capsys)

    assert "NotPublishedError release 99.0 is not published" in text
    assert not settings().release_reports("99.0").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("train viability 1.0 --shard 1/2", "ShardError viability is fitted in one piece: leave --shard away\n"),
        (
            "train gene_phenotype 1.0 --shard 0/40",
            "ShardError 0/40: not a shard; write the third of forty as 3/40, from 1/40 to 40/40\n",
        ),
    ],
)
def test_a_shard_that_cannot_be_is_one_line(monkeypatch, capsys, words: str, told: str) -> None:
    assert said(words, monkeypatch, capsys).endswith(told)
