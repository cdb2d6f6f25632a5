"""Hold a trained model against its gates and against the champion; the winner is packaged and answers."""

import json
import logging
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from muster import lake, registry
from muster.catalog import release_key
from muster.learners.challenge import compare
from muster.learners.gates import Gate, judge
from muster.settings import settings
from muster.specs import load_spec

logger = logging.getLogger(__name__)


class Decision(BaseModel, frozen=True):
    """What was decided about a version, and why; kept beside the models for good."""

    model: str
    release: str
    version: str
    accepted: bool
    gates: list[Gate]
    comparison: dict[str, Any] | None
    reasons: list[str]
    champion_before: dict[str, str] | None


class PackagingError(RuntimeError):
    """The BentoML store did not take the model; the champion before goes on answering."""


def promote(model: str, release: str | None = None) -> Decision:
    """Decide whether the newest version trained on `release` becomes the champion; return the decision.

    A version is decided once: a second call says what was decided, and a version that was rolled back stays down.

    Raises:
        SkippedError: training had nothing to work on.
        NoModelError: with the command that trains one.
    """
    release = release or lake.current()
    folder = _newest(model, release)
    version = folder.name
    champion = _champion_before(model, version)
    gates = judge(load_spec(model).gates, registry.manifest(folder)["metrics"])
    known = _decided(model, folder, gates, champion)
    if known:
        if known.accepted and _answers(model) == version:
            _package(model, known.release, version)
        logger.info("%s %s of release %s: already decided: %s", model, version, folder.parent.name, _verdict(known))
        return known
    decision = _decide(model, folder, gates, champion)
    if decision.accepted:
        # The store first: an alias must never name a version that the service cannot read.
        _package(model, decision.release, version)
        registry.promote(model, decision.release, version)
    # The decision last: a run killed before it decides again and ends the same.
    lake.write_json(_decision_path(model, folder), decision.model_dump())
    level = logging.INFO if decision.accepted else logging.WARNING
    logger.log(level, "%s %s of release %s: %s", model, version, decision.release, _verdict(decision))
    return decision


def _newest(model: str, release: str | None) -> Path:
    """Return the folder of the version of `release` that was trained last."""
    version = registry.newest(model, release) if release else None
    if release is None or version is None:
        if _was_skipped(model, release):
            raise lake.SkippedError(f"{model} was not trained on release {release}, which lacks what it needs")
        raise registry.NoModelError(
            f"{model} was not trained on release {release}: run `muster train {model} {release}`"
        )
    return registry.folder(model, release, version)


def _was_skipped(model: str, release: str | None) -> bool:
    """Return whether the last `train` of this model and release said that there is nothing to train on."""
    path = settings().release_reports(str(release)) / "steps.jsonl"
    entries = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    trained = [entry for entry in entries if entry["step"] == f"train {model}"]
    return bool(trained) and not trained[-1]["is_done"]


def _champion_before(model: str, version: str) -> dict[str, str] | None:
    aliases = registry.aliases(model)
    champion: dict[str, str] | None = aliases.get("champion")
    if champion and champion["version"] == version:
        return aliases.get("previous")
    return champion


def _decided(model: str, folder: Path, gates: list[Gate], champion: dict[str, str] | None) -> Decision | None:
    """Return the decision on record; a refusal counts only while the gates and the champion are the same."""
    path = _decision_path(model, folder)
    if not path.exists():
        return None
    known = Decision.model_validate(json.loads(path.read_text()))
    if known.accepted:
        return known if _answers(model) else None
    return known if known.gates == gates and known.champion_before == champion else None


def _decide(model: str, folder: Path, gates: list[Gate], champion: dict[str, str] | None) -> Decision:
    release, version = folder.parent.name, folder.name
    reasons = [gate.told for gate in gates if not gate.passed]
    comparison = None
    if champion:
        if release_key(release) < release_key(champion["release"]):
            reasons.append(
                f"trained on release {release}, older than the champion's {champion['release']}; "
                f"`muster roll-back {model}` goes back"
            )
        comparison, worse = _against_champion(model, folder, champion)
        reasons += worse
    return Decision(
        model=model,
        release=release,
        version=version,
        accepted=not reasons,
        gates=gates,
        comparison=comparison,
        reasons=reasons,
        champion_before=champion,
    )


def _against_champion(model: str, folder: Path, champion: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the comparison on record and, where the challenger is clearly worse, the reason to refuse it."""
    learner = registry.manifest(folder)["learner"]
    before = registry.folder(model, champion["release"], champion["version"])
    labels = settings().features / "gene_labels" / f"{folder.parent.name}.parquet"
    result = compare(learner, folder, before, labels if labels.exists() else None)
    if result is None:
        return {"champion": champion, "note": "no held-out example with a known answer was asked of both"}, []
    value, low, high = result.difference
    said = f"{result.metric} {value:+.4f} [{low:+.4f}, {high:+.4f}] against champion {champion['version']}"
    reasons = [f"clearly worse: {said} on the same {result.shared}"] if result.is_clearly_worse else []
    return {"champion": champion, **asdict(result), "difference": list(result.difference)}, reasons


def _answers(model: str) -> str | None:
    champion = registry.aliases(model).get("champion")
    return champion["version"] if champion else None


def _package(model: str, release: str, version: str) -> None:
    """Put a version into the BentoML store, which is left alone where it has it whole."""
    script = settings().root / "serving" / "package.py"
    command = [sys.executable, str(script), model, release, version]
    done = subprocess.run(command, env=settings().subprocess_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackagingError(f"`{' '.join(command)}` failed; the champion is unchanged:\n{done.stderr[-2000:]}")


def _decision_path(model: str, folder: Path) -> Path:
    return settings().registry / model / "decisions" / f"{folder.parent.name}-{folder.name}.json"


def _verdict(decision: Decision) -> str:
    if decision.accepted:
        answers = _answers(decision.model)
        return "promoted" if answers == decision.version else f"promoted before; now {answers} answers"
    kept = decision.champion_before
    keeps = (
        f"champion {kept['version']} of release {kept['release']} goes on answering" if kept else "nothing answers yet"
    )
    return f"NOT promoted: {'; '.join(decision.reasons)}; {keeps}"
