"""A workspace with three champions and the real server over it, started once for all tests here."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import save_file

from muster import registry
from muster.imaging.standard import HEIGHT, WIDTH
from muster.learners.image_training import Network
from muster.settings import ROOT, settings
from muster.simulator.xray import DORSO_VENTRAL, LATERAL
from muster.specs import load_spec
from muster.steps import train as train_step

GENES, TERMS = 40, 3


@dataclass(frozen=True)
class Served:
    """A running service, its workspace's parent folder and an asker."""

    data: Path
    client: httpx.Client


@pytest.fixture(scope="session")
def served(
    _feature_workspace: Path, _candidate_workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("served")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_DATA", str(data))
        settings.cache_clear()
        shutil.copytree(_feature_workspace, data, dirs_exist_ok=True)
        _train_viability()
        for version, shift in (("aaaaaaaaaaaa", 0.0), ("bbbbbbbbbbbb", 0.25)):
            write_phenotypes("2.0", version, shift)
            package("gene_phenotype", "2.0", version)
        registry.promote("gene_phenotype", "2.0", "aaaaaaaaaaaa")
        _write_network("2.0", "cccccccccccc")
        _take_candidates(_candidate_workspace)
        with running(settings().subprocess_environment()) as client:
            yield Served(data, client)
    settings.cache_clear()


@pytest.fixture
def service(served: Served, own_settings: None, monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    """Point the settings at the served workspace; give the asker."""
    monkeypatch.setenv("MUSTER_DATA", str(served.data))
    settings.cache_clear()
    return served.client


@pytest.fixture
def empty_service() -> Callable[..., AbstractContextManager[httpx.Client]]:
    """Give a function that runs a service over an empty workspace: `with it(MUSTER_TOKEN="x") as client`."""
    return lambda **extra: running(settings().subprocess_environment(**extra))


@contextlib.contextmanager
def running(environment: dict[str, str]) -> Iterator[httpx.Client]:
    """Run the service on a free port while the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = serve_command("--host", "127.0.0.1", "--port", str(port))
    # A file, not a pipe that nobody empties: a full one stops the service in the middle of an answer.
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                _wait(client, server, log)
                yield client
        finally:
            _end(server)


def serve_command(*options: str) -> list[str]:
    folder = str(ROOT / "serving")
    return [sys.executable, "-m", "bentoml", "serve", "service:Muster", "--working-dir", folder, *options]


def package(model: str, release: str, version: str) -> None:
    """Put a version into the BentoML store, as `promote` does."""
    command = [sys.executable, str(ROOT / "serving" / "package.py"), model, release, version]
    subprocess.run(command, env=settings().subprocess_environment(), check=True, capture_output=True)


def write_phenotypes(release: str, version: str, shift: float) -> None:
    """Register a gene_phenotype model with seeded predictions, every score raised by `shift`."""
    chance = np.random.default_rng(3)
    pairs = [(f"MGI:{1000 + gene}", f"Gen{gene}", f"MP:000000{term}") for gene in range(GENES) for term in range(TERMS)]
    gene_ids, symbols, terms = zip(*pairs, strict=True)
    score = (chance.random(len(pairs)) / 2 + shift).astype(np.float32)
    status = chance.choice(["called", "tested", "untested"], len(pairs))
    rank = np.where(status == "untested", np.arange(1, len(pairs) + 1), 0)
    predictions = {
        "gene_id": gene_ids,
        "symbol": symbols,
        "mp_term_id": terms,
        "score": score,
        "probability": (score / 3).astype(np.float32),
        "rank": pa.array(rank, pa.int32(), mask=rank == 0),
        "status": status,
        "is_held_out": status != "untested",
    }
    names = {"mp_term_id": sorted(set(terms)), "mp_term_name": [f"trait {term}" for term in range(TERMS)]}
    with registry.save("gene_phenotype", release, version) as draft:
        pq.write_table(pa.table(predictions), draft / "predictions.parquet")
        pq.write_table(pa.table({**names, "auroc": [0.8, 0.7, float("nan")]}), draft / "terms.parquet")
        _write_manifest(draft, "gene_phenotype", release, version, "xgboost_per_term")


def _train_viability() -> None:
    spec = load_spec("viability")
    small = spec.model_copy(update={"params": {**spec.params, "rounds": 20}})
    # Only while it trains: the fixture itself lives as long as all tests do.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_step, "load_spec", lambda name: small)
        version = train_step.train("viability", "2.0").name
    package("viability", "2.0", version)
    registry.promote("viability", "2.0", version)


def _write_network(release: str, version: str) -> None:
    """Register an untrained network: what it says is arbitrary, but always the same."""
    torch.manual_seed(1)
    weights = {name: value.contiguous() for name, value in Network(2).state_dict().items()}
    with registry.save("xray", release, version) as draft:
        save_file(weights, draft / "model.safetensors")
        config = {"views": [DORSO_VENTRAL, LATERAL], "height": HEIGHT, "width": WIDTH}
        (draft / "config.json").write_text(json.dumps(config))
        _write_manifest(draft, "xray", release, version, "image_network")
    package("xray", release, version)
    registry.promote("xray", release, version)


def _take_candidates(workspace: Path) -> None:
    """Package a model of gene sets whose release is in no lake here, as in a container."""
    (trained,) = workspace.glob("*/registry/candidate_genes")
    shutil.copytree(trained, settings().registry / "candidate_genes")
    champion = registry.aliases("candidate_genes")["champion"]
    package("candidate_genes", champion["release"], champion["version"])


def _write_manifest(folder: Path, model: str, release: str, version: str, learner: str) -> None:
    manifest = {
        "name": model,
        "release": release,
        "version": version,
        "learner": learner,
        "trained_on": {"release": release, "build": "b", "rows": GENES, "feature_service": None},
        "metrics": {"model": {"auroc": [0.8, 0.7, 0.9]}},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


def _wait(client: httpx.Client, server: "subprocess.Popen[bytes]", log: IO[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if client.get("/readyz").is_success:
                return
        time.sleep(0.2)
    log.seek(0)
    raise AssertionError(f"the service did not start:\n{log.read().decode()[-4000:]}")


def _end(server: "subprocess.Popen[bytes]") -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(15)
