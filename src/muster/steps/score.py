"""Judge the predictions of earlier releases' models by what this release reports anew."""

import logging
from pathlib import Path
from typing import Any

import duckdb

from muster import lake, registry
from muster.learners import frozen, prospective
from muster.portal.prospective import lines, write
from muster.settings import settings

logger = logging.getLogger(__name__)


def score(release: str) -> Path:
    """Write the judgement of the versions trained before `release`; return the folder of its page.

    Of each release the newest version is judged, and the champion. Versions of `release` itself are frozen: the next
    release will judge them.

    Raises:
        NotPublishedError: the release itself is not published.
        SkippedError: no model was trained before it, or nothing it reports judges one.
        FrozenChangedError: after all others are judged, the versions whose predictions are not the frozen ones.
    """
    lake.build(release)
    records: list[dict[str, Any]] = []
    skipped: list[str] = []
    changed: list[str] = []
    for model in prospective.judged_models():
        _freeze(model, release)
        for folder in prospective.earlier_versions(model, release):
            try:
                records.append(_judged(model, folder, release))
            except lake.SkippedError as reason:
                skipped.append(str(reason))
            except frozen.FrozenChangedError as error:
                changed.append(str(error))
    if not (records or skipped or changed):
        raise lake.SkippedError(
            f"score {release}: no model was trained on an earlier release, so there is nothing before it to judge"
        )
    target = settings().release_reports(release) / "prospective"
    skipped = list(dict.fromkeys(skipped))
    with lake.draft(target) as folder:
        write(folder, release, records[::-1], f"Earlier predictions, judged by {release}", [*changed, *skipped])
    for line in [*lines(records), *skipped]:
        logger.info("score: %s", line)
    if changed:
        raise frozen.FrozenChangedError("; ".join(changed))
    return target


def _judged(model: str, folder: Path, release: str) -> dict[str, Any]:
    try:
        return prospective.score_version(model, folder, release)
    except (duckdb.Error, KeyError) as error:
        # One version of older code must not stop the judgement of all others.
        raise lake.SkippedError(f"{folder} cannot be judged by this code: {error!r}") from error


def _freeze(model: str, release: str) -> None:
    for trained_on, version in registry.versions(model):
        if trained_on == release:
            frozen.freeze(model, registry.folder(model, trained_on, version))
