"""A mirror of a few kilobytes behind the embedded server, and what an undisturbed run makes of it."""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from muster import lake
from muster.catalog import catalog
from muster.landing.files import landed
from muster.pipeline import run_step
from muster.settings import configure, settings
from muster.simulator.faults import Fault
from muster.simulator.server import running
from muster.warehouse import reader

RELEASE = "18.0"
ROWS = 300
TABLES = ("viability", "statistical_results", "procedure_completeness")
COMPANIONS = {
    "mp_ontology": "mp_term_id,mp_term_name,obsolete,parent_ids\nMP:0000001,mammalian phenotype,False,\n",
    "orthologues": "ADORA2B\t136\tAdora2b\tMGI:99403\n",
}


@dataclass(frozen=True)
class Outcome:
    """What a run leaves: sha256 of each landed file and of each raw table's rows."""

    landed: dict[str, str]
    raw: dict[str, str]


@dataclass(frozen=True)
class Mini:
    """A small mirror that a test may spoil, and this workspace's view of it."""

    root: Path

    def path(self, name: str) -> Path:
        return self.root / f"all-data-releases/release-{RELEASE}" / str(catalog().files[name].path_at(RELEASE))

    def text(self, name: str) -> str:
        """Return a file with every required column and cells that no compression makes vanish."""
        columns = catalog().files[name].required
        rows = [
            [hashlib.md5(f"{name} {column} {row}".encode()).hexdigest() for column in columns] for row in range(ROWS)
        ]
        return "".join(f"{','.join(cells)}\n" for cells in (columns, *rows))

    def write(self, name: str, content: str | bytes) -> None:
        """Put text (or bytes before compression) in the place of a file."""
        write_gzip(self.path(name), content)

    def fill(self) -> "Mini":
        for name in TABLES:
            self.write(name, self.text(name))
        for part in range(2):
            record = {"parameterStableId": f"IMPC_{part}", "name": "weight", "dataType": "FLOAT", "unitX": "g"}
            write_gzip(self.path("parameters") / f"part-{part}.json.gz", json.dumps(record) + "\n")
        notes = self.root / f"all-data-releases/release-{RELEASE}/README.md"
        notes.write_text(f"data release {RELEASE} (2022-11-28)\n")
        for name, content in COMPANIONS.items():
            write_gzip(self.root / "companions" / catalog().companions[name].forms[-1].path, content)
        return self

    @contextmanager
    def served(self, *faults: Fault) -> Iterator[str]:
        """Serve the mirror with faults while the block runs; it is this workspace's mirror."""
        met: set[int] = set()
        watched = [replace(fault, before=noting(met, number, fault)) for number, fault in enumerate(faults)]
        with running(self.root, faults=watched) as url:
            configure(mirror=f"demo={url}")
            yield url
        # A fault that nobody meets proves nothing.
        assert met == set(range(len(faults)))

    def ingest(self) -> None:
        """Fetch and load the release as the command line does."""
        run_step("fetch", RELEASE)
        run_step("load", RELEASE)

    def outcome(self) -> Outcome:
        """Return what is landed and loaded now."""
        folder = settings().landing / "impc" / RELEASE
        files = {path: hashlib.sha256((folder / path).read_bytes()).hexdigest() for path in sorted(landed(folder))}
        with reader(RELEASE) as warehouse:
            tables = {name: warehouse.execute(f"from raw.{name}").fetchall() for name in (*TABLES, "parameters")}
        raw = {name: hashlib.sha256(repr(rows).encode()).hexdigest() for name, rows in tables.items()}
        return Outcome(files, raw)

    def refused(self, stage: str, *words: str) -> None:
        """Ingest a release that must be refused at `stage` with each of `words`, and leave nothing to be seen."""
        with pytest.raises(lake.RefusedError) as raised:
            self.ingest()
        said = str(raised.value)
        assert raised.value.stage == stage, said
        assert [word for word in words if word not in said] == [], said
        assert len(said) < 3000
        # A release that cannot be loaded has landed, whole; nothing of it can be queried.
        assert [place for place in self.visible() if stage == "fetch" or place != "landing"] == []
        assert lake.refusal(RELEASE)["stage"] == stage

    def visible(self) -> list[str]:
        """Return what a reader could take for a release."""
        places = {
            "landing": settings().landing / "impc" / RELEASE,
            "warehouse": settings().warehouse(RELEASE),
            "lake": settings().lake / RELEASE,
        }
        return [name for name, place in places.items() if place.exists()]


def noting(met: set[int], number: int, fault: Fault) -> Callable[[], None]:
    def before() -> None:
        met.add(number)
        if fault.before:
            fault.before()

    return before


def write_gzip(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content.encode() if isinstance(content, str) else content, mtime=0))


@pytest.fixture
def mini(tmp_path: Path, undisturbed: Outcome, monkeypatch: pytest.MonkeyPatch) -> Mini:
    monkeypatch.setenv("MUSTER_MIRROR", "mini")
    monkeypatch.setattr("muster.mirrors.patience.LONGEST_WAIT", 0.01)
    return Mini(tmp_path / "mirror").fill()


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """What a run leaves when nothing goes wrong."""
    place = tmp_path_factory.mktemp("calm")
    calm = Mini(place / "mirror").fill()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_DATA", str(place / "workspaces"))
        patch.setenv("MUSTER_MIRROR", "calm")
        with calm.served():
            calm.ingest()
            left = calm.outcome()
    settings.cache_clear()
    return left
