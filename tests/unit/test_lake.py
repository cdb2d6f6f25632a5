import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from muster import lake
from muster.settings import settings


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A folder that is there already."""
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "old.html").touch()
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_draft_takes_the_place_of_what_was_there(target: Path) -> None:
    with lake.draft(target) as folder:
        (folder / "new.html").touch()
        assert names(target) == ["old.html"]

    assert names(target) == ["new.html"]
    assert names(target.parent) == ["pages"]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_draft_vanishes_when_its_block_fails(target: Path, error: type[BaseException]) -> None:
    def fail() -> None:
        with lake.draft(target) as folder:
            (folder / "new.html").touch()
            raise error

    with pytest.raises(error):
        fail()

    assert names(target) == ["old.html"]
    assert names(target.parent) == ["pages"]


def test_the_old_folder_is_whole_until_it_is_deleted(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with lake.draft(target) as folder:
        (folder / "new.html").touch()
        monkeypatch.setattr(lake, "rmtree", lambda path, **_: seen.append((names(target), names(path))))
        seen: list[tuple[list[str], list[str]]] = []

    assert seen == [(["new.html"], ["old.html"])]


def test_what_a_kill_left_aside_comes_back(target: Path) -> None:
    target.rename(target.with_name("pages.old.draft"))

    with pytest.raises(OSError, match="full"), lake.draft(target):
        raise OSError("full")

    assert names(target) == ["old.html"]


def test_a_mart_is_read_below_a_folder_with_an_apostrophe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, publish_marts: Callable[..., Path]
) -> None:
    monkeypatch.setenv("MUSTER_DATA", str(tmp_path / "Mendel's"))
    settings.cache_clear()
    publish_marts("18.0", genes="select 'MGI:1' as gene_id, 'Pax6' as symbol")

    assert lake.read("18.0", "genes", "coalesce(symbol, gene_id) as symbol").fetchall() == [("Pax6",)]


def test_a_reader_never_finds_a_gap_while_a_folder_is_replaced(target: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "exchange" / "one", tmp_path / "exchange" / "other"
    one.mkdir(parents=True)
    other.mkdir()
    if not lake._exchanged(one, other):
        pytest.skip("this file system cannot exchange two folders in one step")
    shutil.rmtree(tmp_path / "exchange")
    gaps: list[int] = []
    is_over = Event()

    def read() -> None:
        while not is_over.is_set():
            if not target.exists():
                gaps.append(1)

    reader = Thread(target=read)
    reader.start()
    for number in range(100):
        with lake.draft(target) as folder:
            (folder / f"{number}.html").touch()
    is_over.set()
    reader.join()

    assert gaps == []
    assert names(target) == ["99.html"]
    assert names(target.parent) == ["pages"]
