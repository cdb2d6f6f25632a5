"""Predictions as they were when they were made: sha256 written down once, held against the files before each judgement.

A version is frozen by `muster train`, in the moment its files exist: only then is what the next release says news to
it for certain. `muster score` freezes what it meets unfrozen (models of older code) and says when.
"""

import time
from pathlib import Path

from pydantic import BaseModel

from muster import lake
from muster.catalog import release_key
from muster.landing.integrity import sha256
from muster.settings import settings

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
    release, version = folder.parent.name, folder.name
    path = settings().registry / model / "frozen" / f"{release}-{version}.json"
    if not path.exists():
        published = lake.releases()
        record = Frozen(
            release=release,
            version=version,
            files={name: sha256(folder / name) for name in FILES if (folder / name).exists()},
            frozen_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            newest_published=published[-1] if published else None,
        )
        lake.write_json(path, record.model_dump())
        path.chmod(0o444)
    return Frozen.model_validate_json(path.read_text())


def verified(model: str, folder: Path) -> Frozen:
    """Return the record of a version whose files are still the frozen ones.

    Raises:
        FrozenChangedError: names the files and what to do.
    """
    record = freeze(model, folder)
    changed = [name for name, known in record.files.items() if _sha256(folder / name) != known]
    if changed:
        raise FrozenChangedError(
            f"{model} {record.version} of release {record.release}: {' and '.join(changed)} changed since they were "
            f"frozen at {record.frozen_at}, and changed predictions prove nothing: restore {folder}, or remove it"
        )
    return record


def _sha256(path: Path) -> str | None:
    return sha256(path) if path.exists() else None
