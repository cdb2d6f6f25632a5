"""Predictions as they were when they were made: sha256 written down once, held against the files before each judgement.

A version is frozen by `muster train`, in the moment its files exist: only then is what the next release says news to
it for certain. `muster score` freezes what it meets unfrozen (models of older code) and says when.
"""

import logging
import time
from pathlib import Path

from pydantic import BaseModel

from muster import lake
from muster.catalog import release_key
from muster.landing.integrity import sha256
from muster.settings import settings

logger = logging.getLogger(__name__)

#: What a later judgement reads; `terms.parquet` is no prediction.
FILES = ("predictions.parquet", "baselines.parquet")


class FrozenChangedError(RuntimeError):
    """The predictions of a version are not those that were frozen."""


class Frozen(BaseModel, frozen=True, extra="forbid"):
    """The record beside the versions, never written again."""

    release: str
    """trained on"""
    version: str
    files: dict[str, str]
    """name -> sha256"""
    frozen_at: str
    newest_published: str | None
    """The newest release in this workspace at that time: anything later is truly the future."""

    def is_before(self, release: str) -> bool:
        """Return whether the predictions were frozen before this workspace had published `release`.

        >>> record = dict(version="v", files={}, frozen_at="2024-05-01T00:00:00Z")
        >>> Frozen(release="9.2", newest_published="9.2", **record).is_before("10.0")
        True
        >>> Frozen(release="9.2", newest_published="10.0", **record).is_before("10.0")
        False
        """
        return self.newest_published is None or release_key(self.newest_published) < release_key(release)


def freeze(model: str, folder: Path) -> Frozen:
    """Return the record of the version in `folder`, writing it if there is none."""
    path = _path(model, folder)
    if not path.exists():
        published = lake.releases()
        record = Frozen(
            release=folder.parent.name,
            version=folder.name,
            files={name: sha256(folder / name) for name in FILES if (folder / name).exists()},
            frozen_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            newest_published=published[-1] if published else None,
        )
        lake.write_json(path, record.model_dump())
        path.chmod(0o444)
    return Frozen.model_validate_json(path.read_text())


def freeze_fitted(model: str, folder: Path) -> Frozen:
    """Freeze a version that was fitted this moment.

    Where the version was removed and the fit gives other bytes, the record of the lost files proves nothing any more:
    these predictions are of today, and are frozen as of today.
    """
    record = freeze(model, folder)
    if not _changed(record, folder):
        return record
    path = _path(model, folder)
    logger.warning(
        "%s %s of release %s was frozen at %s with other predictions, which are gone: %s is written anew",
        model, record.version, record.release, record.frozen_at, path,
    )  # fmt: skip
    path.unlink()
    return freeze(model, folder)


def verified(model: str, folder: Path) -> Frozen:
    """Return the record of a version whose files are still the frozen ones.

    Raises:
        FrozenChangedError: names the files and what to do.
    """
    record = freeze(model, folder)
    if changed := _changed(record, folder):
        raise FrozenChangedError(
            f"{model} {record.version} of release {record.release}: {' and '.join(changed)} changed since they were "
            f"frozen at {record.frozen_at} ({_path(model, folder)}), and changed predictions prove nothing: restore "
            f"{folder}, or remove it and train it again, which freezes what is predicted then"
        )
    return record


def _path(model: str, folder: Path) -> Path:
    return settings().registry / model / "frozen" / f"{folder.parent.name}-{folder.name}.json"


def _changed(record: Frozen, folder: Path) -> list[str]:
    return [name for name, known in record.files.items() if _sha256(folder / name) != known]


def _sha256(path: Path) -> str | None:
    return sha256(path) if path.exists() else None
