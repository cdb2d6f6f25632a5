"""A lake made by hand, for the parts that read published marts."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from muster import lake
from muster.settings import configure, settings
from muster.simulator.solr import Faults
from muster.simulator.solr_faults import running_solr

PublishMarts = Callable[..., Path]


@pytest.fixture
def publish_marts() -> PublishMarts:
    """Give a function that publishes marts from SQL: `publish_marts("18.0", genes="select …")`."""

    def publish(release: str, absent: dict[str, str] | None = None, **marts: str) -> Path:
        folder = settings().lake / release / "build"
        folder.mkdir(parents=True, exist_ok=True)
        for mart, query in marts.items():
            duckdb.connect().sql(query).write_parquet(str(folder / f"{mart}.parquet"))
        manifest = {"release": release, "build": "build", "marts": {mart: {} for mart in marts}, "absent": absent or {}}
        (folder / "manifest.json").write_text(json.dumps(manifest))
        lake.point(settings().lake / release / "current", folder)
        lake.point(settings().lake / "current", folder)
        return folder

    return publish


UNIVERSE_GENES = 240
UNIVERSE_MODULES = 4


def universe_marts(tested_share: float) -> dict[str, pd.DataFrame]:
    """Return marts in which the genes of a module interact, share nodes and show the module's term; seeded."""
    chance = np.random.default_rng(7)
    gene_ids = np.array([f"MGI:{1000 + number}" for number in range(UNIVERSE_GENES)])
    module = np.arange(UNIVERSE_GENES) % UNIVERSE_MODULES
    is_tested = np.arange(UNIVERSE_GENES) < tested_share * UNIVERSE_GENES
    first, second = np.triu_indices(UNIVERSE_GENES, 1)
    is_edge = chance.random(len(first)) < np.where(module[first] == module[second], 0.10, 0.012)
    loeuf = chance.uniform(0.1, 1.5, UNIVERSE_GENES)
    shows = chance.random((UNIVERSE_GENES, UNIVERSE_MODULES))
    is_called = shows < np.where(module[:, None] == np.arange(UNIVERSE_MODULES), 0.75, 0.10)
    risk = loeuf + 0.4 * (module == 0) + chance.normal(0, 0.15, UNIVERSE_GENES)
    genes = pd.DataFrame({"gene_id": gene_ids, "symbol": [f"Gen{number}" for number in range(UNIVERSE_GENES)]})
    genes["family_id"] = [f"PTHR{number // 2}" if number % 5 else None for number in range(UNIVERSE_GENES)]
    genes = genes.assign(loeuf=loeuf, missense_oe=chance.random(UNIVERSE_GENES), shet=None, novelty=None)
    genes = genes.assign(target_level="Tbio", is_tested=is_tested)
    genes["centres"] = [("JAX",), ("JAX", "TCP"), ("TCP",)] * (UNIVERSE_GENES // 3)
    terms = [f"MP:000000{number + 1}" for number in range(UNIVERSE_MODULES)]
    calls = [
        (gene_ids[gene], terms[term], "called" if is_called[gene, term] else "tested")
        for gene in np.flatnonzero(is_tested)
        for term in range(UNIVERSE_MODULES)
    ]
    outcome = np.select([risk < 0.6, risk < 0.85], ["lethal", "subviable"], "viable")
    go = [(gene, f"GO:{number}", "go", 1.0) for gene, number in zip(gene_ids, module, strict=True)]
    noise = [(gene, f"GO:{chance.integers(10, 40)}", "go", 1.0) for gene in gene_ids]
    levels = [(gene, f"HPA:{tissue}", "tissue", float(chance.integers(1, 4))) for gene in gene_ids for tissue in "abc"]
    annotations = pd.DataFrame(go + noise + levels, columns=["gene_id", "node_id", "node_kind", "weight"])
    return {
        "genes": genes,
        "terms": pd.DataFrame(
            {
                "mp_term_id": terms,
                "mp_term_name": [f"abnormal trait {term[-1]}" for term in terms],
                "ancestor_ids": [["MP:0000000"]] * len(terms),
            }
        ),
        "gene_phenotypes": pd.DataFrame(calls, columns=["gene_id", "mp_term_id", "status"]).assign(
            tested_evidence="term"
        ),
        "viability": pd.DataFrame({"gene_id": gene_ids, "outcome": outcome})[is_tested],
        "interactions": pd.DataFrame(
            {"gene_id_a": gene_ids[first[is_edge]], "gene_id_b": gene_ids[second[is_edge]], "source": "string"}
        ),
        "annotations": annotations.assign(node_name=annotations["node_id"]).drop_duplicates(["gene_id", "node_id"]),
    }


@pytest.fixture
def publish_universe() -> PublishMarts:
    """Give a function that publishes the small universe as a release: `publish_universe("1.0", "2024-01-31", 0.6)`."""

    def publish(release: str, released_on: str, tested_share: float = 0.8) -> Path:
        return write_universe(release, released_on, tested_share)

    return publish


def write_universe(release: str, released_on: str, tested_share: float) -> Path:
    folder = settings().lake / release / f"build-{release}"
    folder.mkdir(parents=True, exist_ok=True)
    marts = universe_marts(tested_share)
    for mart, frame in marts.items():
        frame.to_parquet(folder / f"{mart}.parquet", index=False)
    described = {mart: {"rows": len(frame), "sha256": mart} for mart, frame in marts.items()}
    entry = {"release": release, "build": folder.name, "released_on": released_on, "marts": described, "absent": {}}
    (folder / "manifest.json").write_text(json.dumps(entry))
    lake.point(settings().lake / release / "current", folder)
    lake.point(settings().lake / "current", folder)
    return folder


@pytest.fixture(scope="session")
def _feature_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases of the small universe, published and materialised through Feast once a session."""
    from muster.steps.materialize import materialize  # noqa: PLC0415

    place = tmp_path_factory.mktemp("features")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_DATA", str(place))
        settings.cache_clear()
        for release, released_on, tested_share in (("1.0", "2024-01-31", 0.6), ("2.0", "2024-07-31", 0.8)):
            write_universe(release, released_on, tested_share)
            materialize(release)
    settings.cache_clear()
    return place


@pytest.fixture
def feature_workspace(_feature_workspace: Path, own_settings: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the settings at the materialised universe; tests only add to it."""
    monkeypatch.setenv("MUSTER_DATA", str(_feature_workspace))
    settings.cache_clear()
    return _feature_workspace


SolrMirror = Callable[[Faults], AbstractContextManager[str]]


@pytest.fixture
def solr_mirror(tiny_mirror, monkeypatch: pytest.MonkeyPatch) -> SolrMirror:
    """Give a function that serves the tiny mirror's SOLR with faults, as the mirror of the workspace `tiny`."""
    monkeypatch.setattr("muster.mirrors.patience.LONGEST_WAIT", 0.01)

    @contextmanager
    def serving(faults: Faults) -> Iterator[str]:
        with running_solr(tiny_mirror.folder, faults) as url:
            configure(mirror=f"tiny={url}")
            yield url

    return serving
