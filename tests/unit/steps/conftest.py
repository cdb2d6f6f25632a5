"""A mirror made by hand: a few files of a release and the companions nothing works without."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from muster.catalog import catalog
from muster.settings import configure

WriteMirror = Callable[..., Path]

HITS = '"Gene Symbol","MGI Gene Id","# Phenotype Hits","Phenotype Hits"\n"Adora2b","MGI:99403","1","small ears"\n'
COMPANIONS = {
    "mp_ontology": "mp_term_id,mp_term_name,obsolete,parent_ids\nMP:0000001,mammalian phenotype,False,\n",
    "orthologues": "ADORA2B\t136\tAdora2b\tMGI:99403\n",
}


@pytest.fixture
def write_mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteMirror:
    """Give a function that writes a release from text or bytes: `write_mirror("18.0", viability="…")`."""

    def write(release: str = "18.0", readme: str = "", **contents: str | bytes) -> Path:
        mirror = tmp_path / "mirror"
        folder = mirror / "all-data-releases" / f"release-{release}"
        for name, content in (contents or {"phenotype_hits_per_gene": HITS}).items():
            _write(folder / str(catalog().files[name].path_at(release)), content)
        (folder / "README.md").write_text(readme or f"IMPC data release {release} (2022-11-28)\n")
        for name, content in COMPANIONS.items():
            # The last form of the ontology is a table: a literal one is short.
            _write(mirror / "companions" / catalog().companions[name].forms[-1].path, content)
        monkeypatch.setenv("MUSTER_MIRROR", f"file:{mirror}")
        monkeypatch.setenv("MUSTER_COMPANIONS", str(mirror / "companions"))
        configure()
        return mirror

    return write


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix != ".gz":
        path = path.parent / path.name / "part-00000.json.gz"
        path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(content.encode()) if isinstance(content, str) else content)
