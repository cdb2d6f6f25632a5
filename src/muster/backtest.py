"""What the models would have been worth: trained on one release, judged by a later one."""

import logging
from pathlib import Path
from typing import Any

from muster import lake, registry
from muster.catalog import release_key
from muster.learners import prospective
from muster.learners.frozen import FrozenChangedError
from muster.mirrors.discovery import connect, find_release
from muster.pipeline import INGEST, run_step
from muster.portal.prospective import lines, write
from muster.settings import settings
from muster.specs import load_spec
from muster.steps.train import version_of

logger = logging.getLogger(__name__)


class BacktestError(ValueError):
    """What was asked for cannot be answered."""


def backtest(train: str, test: str, models: list[str]) -> tuple[Path, str]:
    """Run what is missing, judge the models of `train` by what `test` reports anew; return the page and one line.

    Nothing is promoted and nothing announced. What was published or trained already is taken as it is, and the current
    release stays current: `muster watch` still names the others. In an empty lake `train` becomes current, which gets
    features and models here.

    Raises:
        BacktestError: the releases or models make no sense together, or nothing could be judged.
        UnknownReleaseError: a release is neither published nor on the mirror.
        RefusedError: a release failed a check.
    """
    models = list(dict.fromkeys(models))
    _require_sense(train, test, models)
    missing = [release for release in (train, test) if release not in lake.releases()]
    _require_on_mirror(missing)
    for release in missing:
        _ingest(release)
    records: list[dict[str, Any]] = []
    reasons: list[str] = []
    asked = [model for model in models if not _is_hopeless(model, train, test, reasons)]
    if asked:
        run_step("materialize", train)
    for model in asked:
        records += _judged(model, train, test, reasons)
    if not records:
        raise BacktestError(f"{train} -> {test}: nothing could be judged: {'; '.join(reasons)}")
    target = settings().release_reports(test) / "backtest" / train
    with lake.draft(target) as folder:
        write(folder, test, records, f"Trained on {train}, judged by {test}", reasons)
    return target / "index.html", f"backtest {train} -> {test}: {' | '.join([*lines(records), *reasons])}"


def _ingest(release: str) -> None:
    logger.info("backtest: ingest %s (%s)", release, ", ".join(INGEST))
    before = lake.current()
    for step in INGEST:
        run_step(*step.split(), release)
    if before:
        lake.point(settings().lake / "current", lake.build(before))


def _require_sense(train: str, test: str, models: list[str]) -> None:
    if release_key(train) >= release_key(test):
        what = "the same release" if release_key(train) == release_key(test) else "newer than the release that judges"
        raise BacktestError(f"--train {train} --test {test}: {train} is {what}; --test takes a later one")
    known = prospective.judged_models()
    if not models:
        raise BacktestError(f"--models names none: a later release can judge {', '.join(known)}")
    if unknown := [model for model in models if model not in known]:
        raise BacktestError(f"{', '.join(unknown)}: a later release can judge {', '.join(known)}")


def _require_on_mirror(releases: list[str]) -> None:
    """Ask for all before hours are spent on the first."""
    if releases:
        with connect() as connection:
            for release in releases:
                find_release(connection, release)


def _is_hopeless(model: str, train: str, test: str, reasons: list[str]) -> bool:
    """Return whether one of the releases lacks a mart without which there is nothing to train or to judge."""
    spec = load_spec(model)
    wanted = [(train, mart) for mart in spec.needs] + [(test, spec.target.partition(".")[0])]
    lacking = [
        f"release {release} has no {mart} ({lake.manifest(release)['absent'].get(mart, 'not built')})"
        for release, mart in wanted
        if not lake.has(release, mart)
    ]
    if lacking:
        reasons.append(f"{model} is not judged: {'; '.join(lacking)}")
    return bool(lacking)


def _judged(model: str, train: str, test: str, reasons: list[str]) -> list[dict[str, Any]]:
    if lacking := run_step("train", model, train):
        reasons.append(f"{model} is not judged: {lacking}")
        return []
    folder = registry.folder(model, train, version_of(load_spec(model), train))
    try:
        return [prospective.score_version(model, folder, test)]
    except (lake.SkippedError, FrozenChangedError) as reason:
        reasons.append(str(reason))
        return []
