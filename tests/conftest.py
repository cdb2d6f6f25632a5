"""What every test may use: settings of its own, and one tiny mirror, made once and served on loopback."""

import atexit
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from muster.cli import end_quietly
from muster.settings import settings
from muster.simulator.server import running
from muster.simulator.simulate import simulate

atexit.register(end_quietly)

TINY_RELEASES = ("22.0", "22.1", "22.2", "22.3", "23.0")


@dataclass(frozen=True)
class TinyMirror:
    """Releases 22.0, the bad 22.1, 22.2 and 22.3, and 23.0, of size tiny."""

    folder: Path
    url: str


@pytest.fixture(scope="session")
def tiny_mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyMirror]:
    folder = simulate("tiny", tmp_path_factory.mktemp("mirror") / "tiny", list(TINY_RELEASES))
    with running(folder) as url:
        yield TinyMirror(folder, url)


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("MIRROR", "COMPANIONS", "MEMORY", "DEVICE", "TOKEN"):
        # Set first: only then does what a test configures end with the test.
        monkeypatch.setenv(f"MUSTER_{name}", "")
        monkeypatch.delenv(f"MUSTER_{name}")
    monkeypatch.setenv("MUSTER_DATA", str(tmp_path / "workspaces"))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def harmonised_marts() -> dict[str, str]:
    """The marts of the harmonisation page as SQL: mart -> query."""
    return {path.stem: path.read_text() for path in (Path(__file__).parent / "harmonised").glob("*.sql")}
