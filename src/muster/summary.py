"""What there is, in a few lines a person reads: releases, models with baselines, drift, times, addresses."""

import json
from collections.abc import Iterator
from typing import Any

from muster import lake, registry
from muster.settings import settings
from muster.specs import model_names


def summary_lines(releases: list[str]) -> Iterator[str]:
    """Yield what a run of `releases` left behind."""
    newest = releases[-1]
    yield ""
    yield f"Published: {', '.join(lake.releases())} (current: {lake.current()})"
    yield from _absent_lines(newest)
    yield "Models (value [95 % interval]; held-out data the model never saw):"
    yield from model_lines(newest)
    yield from _drift_lines(newest)
    yield from _prospective_lines(newest)
    yield "Seconds per step:"
    for release in releases:
        yield f"  {release}: " + ", ".join(f"{step} {seconds:.0f}" for step, seconds in step_seconds(release).items())
    here = settings()
    yield "Look at it:"
    yield f"  portal   {here.portal / 'index.html'}"
    yield f"  service  make serve    -> http://127.0.0.1:{here.service_port} and the portal on :{here.portal_port}"
    yield f"  Airflow  make airflow  -> http://127.0.0.1:{here.airflow_port}"


def model_lines(release: str) -> Iterator[str]:
    """Yield the newest version of each model trained on `release`: metrics, baselines, decision."""
    for name in model_names():
        version = registry.newest(name, release)
        if version is None:
            yield f"  {name}: not trained on {release}"
            continue
        manifest = registry.manifest(registry.folder(name, release, version))
        metrics = manifest["metrics"]
        held = metrics["held_out"]
        terms = f", {held['terms']} terms" if "terms" in held else ""
        verdict = _verdict(name, release, version)
        yield f"  {name} {version} {verdict} (held out by {held['by']}, n={held['n']}{terms})"
        yield f"    model           {_figures(metrics['model'])}"
        for baseline, figures in metrics.get("baselines", {}).items():
            yield f"    {baseline:<15} {_figures(figures)}"
        if metrics.get("shuffled"):
            yield f"    shuffled labels {_figures(metrics['shuffled'])}"


def step_seconds(release: str) -> dict[str, float]:
    """Return how long each step of a release took when it last did work."""
    path = settings().release_reports(release) / "steps.jsonl"
    if not path.exists():
        return {}
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    return {entry["step"]: entry["seconds"] for entry in entries}


def _absent_lines(release: str) -> Iterator[str]:
    for mart, reason in lake.manifest(release)["absent"].items():
        yield f"  no mart {mart}: {reason}"


def _verdict(name: str, release: str, version: str) -> str:
    path = settings().registry / name / "decisions" / f"{release}-{version}.json"
    if not path.exists():
        return "not judged yet"
    return "promoted" if json.loads(path.read_text())["accepted"] else "turned down"


def _drift_lines(release: str) -> Iterator[str]:
    path = settings().release_reports(release) / "comparison" / "changes.json"
    if not path.exists():
        return
    changes = json.loads(path.read_text())
    yield f"Drift since {changes.get('previous', 'the release before')}:"
    for line in changes.get("summary", []):
        yield f"  {line}"


def _prospective_lines(release: str) -> Iterator[str]:
    path = settings().release_reports(release) / "prospective" / "scores.json"
    judged = json.loads(path.read_text())["lines"] if path.exists() else []
    if judged:
        yield f"Predictions of earlier releases, judged by what {release} reports anew:"
    for line in judged:
        yield f"  {line}"


def _figures(figures: dict[str, Any]) -> str:
    return ", ".join(f"{name} {_figure(value)}" for name, value in figures.items() if value is not None)


def _figure(value: Any) -> str:
    """Return a number, with its interval where it has one.

    >>> _figure([0.8, 0.7, 0.9]), _figure([0.5, None, None]), _figure(3)
    ('0.800 [0.700, 0.900]', '0.500', '3')
    """
    if isinstance(value, list):
        middle, low, high = value
        return f"{middle:.3f}" if low is None or high is None else f"{middle:.3f} [{low:.3f}, {high:.3f}]"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
