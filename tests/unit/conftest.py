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
        "terms": pd.DataFrame({"mp_term_id": terms, "mp_term_name": [f"abnormal trait {term[-1]}" for term in terms]}),
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
    return write_marts(release, released_on, universe_marts(tested_share))


def write_marts(release: str, released_on: str, marts: dict[str, pd.DataFrame]) -> Path:
    folder = settings().lake / release / f"build-{release}"
    folder.mkdir(parents=True, exist_ok=True)
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


def gene_set_marts() -> dict[str, pd.DataFrame]:
    """Return the universe with pathways planted in its modules, and genes with human names."""
    marts = universe_marts(0.8)
    chance = np.random.default_rng(11)
    gene_ids = marts["genes"]["gene_id"].to_numpy()
    drawn = [chance.choice(np.arange(UNIVERSE_GENES // 4), 14, replace=False) * 4 + number % 4 for number in range(24)]
    pathways = [
        (gene_ids[gene], f"R-{number:02d}", "reactome", 1.0, f"Pathway {number}")
        for number, genes in enumerate(drawn)
        for gene in genes
    ]
    columns = ["gene_id", "node_id", "node_kind", "weight", "node_name"]
    marts["annotations"] = pd.concat([marts["annotations"], pd.DataFrame(pathways, columns=columns)], ignore_index=True)
    families = marts["genes"].dropna(subset="family_id").rename(columns={"family_id": "node_id"})
    families = families[["gene_id", "node_id"]].assign(node_kind="family", weight=1.0, node_name=families["node_id"])
    marts["annotations"] = pd.concat([marts["annotations"], families], ignore_index=True)
    marts["interactions"]["score"] = chance.uniform(0.4, 1.0, len(marts["interactions"]))
    marts["genes"]["human_symbol"] = marts["genes"]["symbol"].str.replace("Gen", "HUMAN")
    return marts


@pytest.fixture(scope="session")
def _candidate_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The universe with pathways as release 3.0, and a candidate_genes model of it that is the champion."""
    from muster import registry  # noqa: PLC0415
    from muster.specs import load_spec  # noqa: PLC0415
    from muster.steps import train as step  # noqa: PLC0415

    place = tmp_path_factory.mktemp("candidates")
    spec = load_spec("candidate_genes")
    small = {"rounds": 30, "random_sets": 24, "dimensions": 8}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_DATA", str(place))
        patch.setattr(step, "load_spec", lambda name: spec.model_copy(update={"params": {**spec.params, **small}}))
        settings.cache_clear()
        write_marts("3.0", "2025-01-31", gene_set_marts())
        folder = step.train("candidate_genes", "3.0")
        registry.promote("candidate_genes", "3.0", folder.name)
    settings.cache_clear()
    return place


@pytest.fixture
def candidate_workspace(_candidate_workspace: Path, own_settings: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the settings at the workspace with the model of gene sets; tests only read it."""
    monkeypatch.setenv("MUSTER_DATA", str(_candidate_workspace))
    settings.cache_clear()
    return _candidate_workspace


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
