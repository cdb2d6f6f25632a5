"""Frozen predictions judged by a later release: one record a model, version and release, beside the models for good."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from muster import lake, registry
from muster.catalog import release_key
from muster.learners import frozen
from muster.learners.prospective_terms import score_terms
from muster.learners.prospective_viability import score_viability
from muster.learners.source import source_hash
from muster.settings import settings
from muster.specs import Learner, load_spec, model_names

logger = logging.getLogger(__name__)

#: Learners whose predictions a later release can judge.
JUDGES: dict[Learner, Callable[[Path, str], dict[str, Any]]] = {
    "xgboost_per_term": score_terms,
    "xgboost_classifier": score_viability,
}


def judged_models() -> list[str]:
    """Return the models whose predictions a later release can judge."""
    return [name for name in model_names() if load_spec(name).learner in JUDGES]


def earlier_versions(model: str, release: str) -> list[Path]:
    """Return the folders of the versions to judge by `release`, oldest first.

    The newest version of each release before it, and the champion: trials left in the registry cost hours each.
    """
    newest = dict(registry.versions(model))
    champion = registry.aliases(model).get("champion")
    folders = [
        registry.folder(model, trained_on, version)
        for trained_on, version in registry.versions(model)
        if release_key(trained_on) < release_key(release)
        and (newest[trained_on] == version or champion == {"release": trained_on, "version": version})
    ]
    return [folder for folder in folders if registry.manifest(folder).get("learner") in JUDGES]


def score_version(model: str, folder: Path, release: str) -> dict[str, Any]:
    """Return the record of a version judged by `release`, made anew only where something it depends on changed.

    Raises:
        FrozenChangedError: the predictions are not those that were frozen.
        SkippedError: the release cannot judge this model.
    """
    record = frozen.verified(model, folder)
    inputs = {
        "build": lake.build(release).name,
        "files": record.files,
        "judge": source_hash("muster.learners.prospective"),
    }
    path = _path(model, folder, release)
    known: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    if known.get("inputs") == inputs:
        logger.info("%s %s of release %s is judged by %s already", model, folder.name, folder.parent.name, release)
        return known
    logger.info("judge %s %s of release %s by release %s", model, folder.name, folder.parent.name, release)
    found = {
        "model": model,
        "trained_on": folder.parent.name,
        "version": folder.name,
        "release": release,
        "frozen_at": record.frozen_at,
        "is_prospective": record.is_before(release),
        "inputs": inputs,
        **JUDGES[registry.manifest(folder)["learner"]](folder, release),
    }
    if not found["is_prospective"]:
        known_since = f"companions are of one date and may know what was published after {folder.parent.name}"
        found["notes"] = [*found["notes"], known_since]
    lake.write_json(path, found)
    # As the next call will read it, so that the pages made of it are the same.
    again: dict[str, Any] = json.loads(path.read_text())
    return again


def records(model: str) -> Iterator[dict[str, Any]]:
    """Yield every record of a model, newest judging release first, then newest training."""
    found = [json.loads(path.read_text()) for path in (settings().registry / model / "scores").glob("*.json")]
    found.sort(key=lambda record: record["version"])
    found.sort(key=lambda record: (release_key(record["release"]), release_key(record["trained_on"])), reverse=True)
    yield from found


def all_records() -> list[dict[str, Any]]:
    """Return the records of every model."""
    return [record for model in judged_models() for record in records(model)]


def is_champion(record: dict[str, Any]) -> bool:
    """Return whether the version of a record answers now."""
    champion = registry.aliases(record["model"]).get("champion")
    return champion == {"release": record["trained_on"], "version": record["version"]}


def _path(model: str, folder: Path, release: str) -> Path:
    name = f"{folder.parent.name}-{folder.name}-by-{release}.json"
    return settings().registry / model / "scores" / name


def headline(record: dict[str, Any]) -> str:
    """Return a judgement in one line: what was judged, the model's figures with intervals, the baselines' beside."""
    model = record["figures"]["model"]
    if "terms" in record:
        said = f"{record['model']} {record['terms']} terms"
        main, second = "auroc", "auprc_over_prevalence"
        names = ("mean AUROC", "mean AUPRC/prior")
    else:
        said = f"{record['model']} {record['genes']} genes"
        main, second = "auroc_lethal", "auprc_lethal"
        names = ("AUROC lethal", "AUPRC lethal")
    if not model:
        return f"{said}: {'; '.join(record['notes'])}"
    said += f", {names[0]} {_figure(model[main])}, {names[1]} {_figure(model[second])}"
    if model.get("auroc") and main != "auroc":
        said += f", mean AUROC {_figure(model['auroc'])}, mean AUPRC {_figure(model['auprc'])}"
    beside = [
        f"{name} {_figure(figures[main])}, {_figure(figures[second])}"
        for name, figures in record["figures"]["baselines"].items()
    ]
    return f"{said}; baselines ({names[0]}, {names[1]}): {'; '.join(beside) if beside else 'none'}"


def _figure(estimate: list[float | None]) -> str:
    """Return an estimate with its interval.

    >>> _figure([0.71234, 0.69, 0.74]), _figure([0.5, None, None])
    ('0.712 [0.690, 0.740]', '0.500')
    """
    value, low, high = estimate
    if value is None:
        return "unknown"
    return f"{value:.3f}" if low is None or high is None else f"{value:.3f} [{low:.3f}, {high:.3f}]"
