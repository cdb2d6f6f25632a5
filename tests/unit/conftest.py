"""A lake made by hand, for the parts that read published marts."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from shutil import copy

import duckdb
import numpy as np
import pandas as pd
import pytest

from muster import lake, registry
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
    # A generator of its own: more columns leave the rest of the universe as it is.
    effect = np.random.default_rng(8).normal(-0.3, 0.3, UNIVERSE_GENES)
    genes = genes.assign(target_level="Tbio", is_tested=is_tested, depmap_effect=effect)
    genes["centres"] = [("JAX",), ("JAX", "TCP"), ("TCP",)] * (UNIVERSE_GENES // 3)
    terms = [f"MP:000000{number + 1}" for number in range(UNIVERSE_MODULES)]
    calls = [
        (gene_ids[gene], terms[term], "called" if is_called[gene, term] else "tested")
        for gene in np.flatnonzero(is_tested)
        for term in range(UNIVERSE_MODULES)
    ]
    outcome = np.select([risk < 0.6, risk < 0.85], ["lethal", "subviable"], "viable")
    cellular = np.where(effect <= -0.45, "CL", "DL")
    bins = np.select([outcome == "lethal", outcome == "subviable"], [cellular, "SV"], "V")
    viability = pd.DataFrame({"gene_id": gene_ids, "outcome": outcome, "fusil_bin": bins})
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
                "is_obsolete": False,
                "ancestor_ids": [["MP:0000000"]] * len(terms),
            }
        ),
        "gene_phenotypes": pd.DataFrame(calls, columns=["gene_id", "mp_term_id", "status"]).assign(
            tested_evidence="term", is_direct=True
        ),
        "viability": viability.assign(rule_era="before 20.0", fusil_source="derived")[is_tested],
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
    marts = universe_marts(tested_share)
    # Every gene alike, so nothing can be learned from it; each release otherwise, so no moment can be mistaken.
    marts["genes"]["shet"] = float(release) / 10
    return write_marts(release, released_on, marts)


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


SaveVersion = Callable[..., Path]


@pytest.fixture
def save_phenotypes() -> SaveVersion:
    """Give a function that registers a gene_phenotype version of 1.0: it knows the modules, unless it is shuffled."""

    def save(version: str = "v1", *, is_shuffled: bool = False, baselines: pd.DataFrame | None = None) -> Path:
        chance = np.random.default_rng(3)
        gene, term = (part.ravel() for part in np.indices((UNIVERSE_GENES, UNIVERSE_MODULES)))
        score = 0.5 * (gene % UNIVERSE_MODULES == term) + chance.uniform(0, 0.4, len(gene))
        table = pd.DataFrame({"gene_id": [f"MGI:{1000 + place}" for place in gene]})
        table["mp_term_id"] = [f"MP:000000{place + 1}" for place in term]
        table["score"] = (chance.permutation(score) if is_shuffled else score).astype(np.float32)
        table["probability"] = table["score"].clip(0, 1)
        known = lake.read("1.0", "gene_phenotypes", "gene_id, mp_term_id, status").df()
        table = table.merge(known, how="left", on=["gene_id", "mp_term_id"]).fillna({"status": "untested"})
        return register("gene_phenotype", version, table, learner="xgboost_per_term", baselines=baselines)

    return save


@pytest.fixture
def save_viability() -> SaveVersion:
    """Give a function that registers a viability version: it knows the constraint and the module."""

    def save(release: str = "1.0", version: str = "v1") -> Path:
        genes = lake.read(release, "genes", "gene_id, loeuf").order("gene_id").df()
        known = lake.read(release, "viability", "gene_id, outcome").df()
        table = genes.merge(known, how="left", on="gene_id")
        module = (table["gene_id"].str.removeprefix("MGI:").astype(int) - 1000) % UNIVERSE_MODULES
        risk = table["loeuf"] + 0.4 * (module == 0)
        table["lethal"] = (1 / (1 + np.exp(8 * (risk - 0.6)))).astype(np.float32)
        table["subviable"] = ((1 - table["lethal"]) * 0.2).astype(np.float32)
        table["viable"] = 1 - table["lethal"] - table["subviable"]
        return register(
            "viability", version, table.drop(columns="loeuf"), learner="xgboost_classifier", release=release
        )

    return save


def register(
    model: str,
    version: str,
    table: pd.DataFrame,
    *,
    learner: str,
    release: str = "1.0",
    baselines: pd.DataFrame | None = None,
) -> Path:
    with registry.save(model, release, version) as folder:
        table.to_parquet(folder / "predictions.parquet", index=False)
        if baselines is not None:
            baselines.to_parquet(folder / "baselines.parquet", index=False)
        if "mp_term_id" in table:
            names = table[["mp_term_id"]].drop_duplicates().assign(mp_term_name="abnormal trait")
            names.to_parquet(folder / "terms.parquet", index=False)
        spec = {"split": {"by": "gene_family", "folds": 5, "seed": 17}}
        (folder / "manifest.json").write_text(json.dumps({"learner": learner, "release": release, "spec": spec}))
    return registry.folder(model, release, version)


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


@pytest.fixture
def checkout_of_one_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the settings find a checkout whose only model is a small gene_phenotype; return its root."""
    root = tmp_path / "checkout"
    (root / "models").mkdir(parents=True)
    (root / "models" / "gene_phenotype.yml").write_text(ONE_MODEL)
    copy(settings().root / "sources.yml", root)
    monkeypatch.setattr("muster.settings.ROOT", root)
    return root


ONE_MODEL = """
question: Which untested genes will show this phenotype?
target: gene_phenotypes.status
needs: [gene_phenotypes]
learner: xgboost_per_term
split: {by: gene_family}
"""
