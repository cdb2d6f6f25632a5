"""Fit a model on the published tables and features of a release, judge it, and register it as an immutable version."""

import hashlib
import json
import logging
import shutil
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from muster import lake, registry
from muster.lake import SkippedError
from muster.learners import frozen
from muster.learners.cards import write_card
from muster.learners.device import resolve_device
from muster.learners.fitted import Fitted
from muster.learners.shards import Shard, ShardError, read_shard
from muster.learners.source import source_hash
from muster.locks import exclusive, shared
from muster.settings import code_version, settings
from muster.specs import Learner, ModelSpec, load_spec

logger = logging.getLogger(__name__)

#: learner -> its module and the library it computes with
LEARNERS: dict[Learner, tuple[str, str]] = {
    "xgboost_per_term": ("muster.learners.gene_phenotype", "xgboost"),
    "xgboost_classifier": ("muster.learners.viability", "xgboost"),
    "image_network": ("muster.learners.image_network", "torch"),
    "xgboost_gene_sets": ("muster.learners.candidate_genes", "xgboost"),
}

#: Seconds for which kept fits of a version wait for somebody who goes on with it.
KEPT_FOR = 14 * 24 * 3600

#: Learners that fit their terms one by one, and so in shards if need be.
SHARDED: frozenset[Learner] = frozenset({"xgboost_per_term"})


def train(model: str, release: str | None = None, shard: str | None = None) -> Path:
    """Return the folder of the model trained on `release` (default: the current one), training it if it is not there.

    With a shard, e.g. `3/40`, only that part of the model's terms is fitted and kept; a call without one fits what is
    missing and writes the version.

    Raises:
        SkippedError: if the release lacks what the model needs.
        ShardError: if there is no such shard, or the model is not fitted in shards.
    """
    spec = load_spec(model)
    part = None if shard is None else _shard(spec, shard)
    release = release or _current()
    _require(spec, release)
    module, library = LEARNERS[spec.learner]
    version = version_of(spec, release)
    folder = registry.folder(model, release, version)
    if (folder / "manifest.json").exists():
        logger.info("%s %s of release %s is trained already", model, version, release)
        frozen.freeze(model, folder)
        return folder
    device = resolve_device(library)
    logger.info("train %s %s on release %s, %s", model, version, release, device)
    # Training libraries take seconds to import and only the chosen learner's is needed.
    learner = import_module(module)
    lock, work = settings().workspace / "training" / f"{model}.lock", settings().workspace / "training" / model
    if part:
        mine = work / version / f"shard-{part.number}-of-{part.count}.lock"
        # Shards work side by side. Whoever writes the version and tidies up after it works alone.
        with shared(lock, f"train {model}"), exclusive(mine, f"train {model} --shard {part.told}"):
            fit_shard: Callable[..., Path] = learner.fit_shard
            return fit_shard(spec, release, version, part, device=device)
    with exclusive(lock, f"train {model}"):
        with registry.save(model, release, version) as target:
            fit_and_evaluate: Callable[..., Fitted] = learner.fit_and_evaluate
            fitted = fit_and_evaluate(spec, release, target, device=device)
            lake.write_json(target / "manifest.json", _manifest(spec, release, version, device, fitted))
            write_card(target)
        frozen.freeze_fitted(model, folder)
        _tidy(work, version)
    logger.info("%s %s: %s", model, version, json.dumps(fitted.metrics["model"]))
    return folder


def _tidy(work: Path, version: str) -> None:
    """Remove what was kept of the fits of a version, and of others that nobody has gone on with for long."""
    for kept in work.glob("*"):
        if kept.name == version or time.time() - kept.stat().st_mtime > KEPT_FOR:
            shutil.rmtree(kept, ignore_errors=True)


def _shard(spec: ModelSpec, text: str) -> Shard:
    if spec.learner not in SHARDED:
        raise ShardError(f"{spec.name} is fitted in one piece: leave --shard away")
    return read_shard(text)


def version_of(spec: ModelSpec, release: str) -> str:
    """Return the version these inputs make: twelve digits over spec, marts, features and the learner's code."""
    module, _ = LEARNERS[spec.learner]
    parts = [
        spec.model_dump_json(),
        lake.build(release).name,
        _features_sha256(spec, release) or "",
        source_hash(module),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _current() -> str:
    release = lake.current()
    if release is None:
        raise lake.NotPublishedError("no release is published: run `muster run` first")
    return release


def _require(spec: ModelSpec, release: str) -> None:
    absent = lake.manifest(release)["absent"]
    missing = [f"{mart} ({absent.get(mart, 'not built')})" for mart in spec.needs if not lake.has(release, mart)]
    if missing:
        raise SkippedError(f"{spec.name} is skipped: release {release} has no {'; no '.join(missing)}")


def _features_sha256(spec: ModelSpec, release: str) -> str | None:
    path = settings().features / "manifests" / f"{release}.json"
    return hashlib.sha256(path.read_bytes()).hexdigest() if spec.features and path.exists() else None


def _manifest(spec: ModelSpec, release: str, version: str, device: str, fitted: Fitted) -> dict[str, Any]:
    """Return everything a number of this model can be traced to; no clock, so the same inputs give the same bytes."""
    marts = lake.manifest(release)["marts"]
    lock = settings().root / "constraints.txt"
    return {
        "name": spec.name,
        "release": release,
        "version": version,
        "spec": spec.model_dump(),
        "learner": spec.learner,
        "trained_on": {
            "release": release,
            "build": lake.build(release).name,
            "marts": {mart: marts[mart]["sha256"] for mart in spec.needs},
            "feature_service": spec.features,
            "features_sha256": _features_sha256(spec, release),
            "training_table_sha256": fitted.training_table_sha256,
            "rows": fitted.rows,
        },
        "metrics": fitted.metrics,
        "device": device,
        "code_version": code_version(),
        "lock_sha256": hashlib.sha256(lock.read_bytes()).hexdigest() if lock.exists() else None,
    }
