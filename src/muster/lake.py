"""The published marts: immutable Parquet, one folder a build, `current` points at one."""

import ctypes
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import Any

import duckdb

from muster.catalog import release_key
from muster.settings import settings

#: Linux: paths relative to the working folder; swap two names.
AT_FDCWD, RENAME_EXCHANGE = -100, 2


class NotPublishedError(RuntimeError):
    """A mart was asked for that no published build has."""


class SkippedError(RuntimeError):
    """A step has nothing to work on, because this release lacks what it needs: said and passed over, no failure."""


class RefusedError(RuntimeError):
    """A release did not pass; the last good one stays current (the CLI exits 2)."""

    def __init__(self, release: str, stage: str, reasons: list[str]) -> None:
        last_good = current()
        stays = f"the last good release {last_good} stays current" if last_good else "nothing is published yet"
        super().__init__(f"release {release} is refused at {stage}: {'; '.join([*reasons, stays])}")
        self.release = release
        self.stage = stage
        self.reasons = reasons


def releases() -> list[str]:
    """Return the published releases, oldest first."""
    if not settings().lake.exists():
        return []
    found = [folder.parent.name for folder in settings().lake.glob("*/current")]
    return sorted(found, key=release_key)


def previous(release: str) -> str | None:
    """Return the newest published release older than `release`."""
    older = [other for other in releases() if release_key(other) < release_key(release)]
    return older[-1] if older else None


def earlier_builds(release: str) -> dict[str, str]:
    """Return the build of every published release older than `release`, oldest first: its history is made from them."""
    return {other: build(other).name for other in releases() if release_key(other) < release_key(release)}


def is_outdated(release: str) -> bool:
    """Return whether older releases were published or renewed since the current build of `release` was made."""
    known = manifest(release).get("earlier")
    return known is not None and known != earlier_builds(release)


def current() -> str | None:
    """Return the release `lake/current` points at: the newest that passed every check."""
    link = settings().lake / "current"
    return link.resolve().parent.name if link.is_symlink() else None


def build(release: str) -> Path:
    """Return the folder of the current build of `release`.

    Raises:
        NotPublishedError: with the command that publishes it.
    """
    link = settings().lake / release / "current"
    if not link.exists():
        raise NotPublishedError(f"release {release} is not published: run `muster run --release {release}` first")
    return link.resolve()


def manifest(release: str) -> dict[str, Any]:
    """Return the manifest of the current build: release, build, files, marts (rows, sha256), absent marts and why."""
    content: dict[str, Any] = json.loads((build(release) / "manifest.json").read_text())
    return content


def has(release: str, mart: str) -> bool:
    """Return whether the current build of `release` holds `mart`."""
    return (build(release) / f"{mart}.parquet").exists()


def read(release: str, mart: str, columns: str = "*") -> duckdb.DuckDBPyRelation:
    """Return a mart of the current build as a DuckDB relation (`.df()`, `.arrow()`, `.fetchall()`).

    Raises:
        NotPublishedError: names the mart and why it is absent.
    """
    if not has(release, mart):
        reason = manifest(release)["absent"].get(mart, "no such mart")
        raise NotPublishedError(f"{mart} of release {release} is not in the lake: {reason}")
    return duckdb.connect().read_parquet(str(build(release) / f"{mart}.parquet")).project(columns)


def refuse(release: str, stage: str, reasons: list[str], files: dict[str, str] | None = None) -> RefusedError:
    """Write down why `release` does not pass and return the error to raise.

    `files` says which version of each file was looked at (default: what is landed), so that a corrected re-release
    is looked at again.
    """
    seen = landed_versions(release) if files is None else files
    write_json(_refusal(release), {"release": release, "stage": stage, "reasons": reasons, "files": seen})
    return RefusedError(release, stage, reasons)


def landed_versions(release: str) -> dict[str, str]:
    """Return the version of each file of the release as the mirror told it, by path; empty where nothing is landed."""
    path = settings().landing / "impc" / release / "manifest.json"
    if not path.exists():
        return {}
    landed = json.loads(path.read_text())
    parts = [part for entry in landed["files"].values() for part in entry.get("parts", [entry])]
    # What lies beside the mirror (the metadata of a release) is none of its files.
    own = [part for part in parts if part["url"].startswith(f"{landed['url']}/")]
    return {part["path"]: part["etag"] or f"{part['last_modified']} {part['bytes']}" for part in own}


def accept(release: str) -> None:
    """Take back the refusal of `release`, if there is one."""
    _refusal(release).unlink(missing_ok=True)


def refusal(release: str) -> dict[str, Any] | None:
    """Return why `release` was refused: stage, reasons, files (path: version); None where it was not."""
    if not _refusal(release).exists():
        return None
    content: dict[str, Any] = json.loads(_refusal(release).read_text())
    return content


def _refusal(release: str) -> Path:
    return settings().release_reports(release) / "refused.json"


@contextmanager
def draft(target: Path) -> Iterator[Path]:
    """Give an empty folder that becomes `target` when the block ends well, and vanishes when it does not."""
    folder = target.with_name(f"{target.name}.draft")
    old = target.with_name(f"{target.name}.old.draft")
    if old.exists() and not target.exists():
        # Somebody was killed between the two renames below.
        old.rename(target)
    for leftover in (old, folder):
        rmtree(leftover, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    except BaseException:
        rmtree(folder, ignore_errors=True)
        raise
    if target.exists() and _exchanged(folder, target):
        # What was the draft's place now holds what was published before.
        rmtree(folder, ignore_errors=True)
        return
    # Deleting takes long, and where folders cannot be exchanged a reader finds none for a moment at least.
    if target.exists():
        target.rename(old)
    folder.rename(target)
    rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step that no reader can see half-done; return whether this file system can."""
    exchange = getattr(ctypes.CDLL(None), "renameat2", None)
    if exchange is None:
        return False
    done: int = exchange(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE)
    return done == 0


def point(link: Path, target: Path) -> None:
    """Make `link` a relative symbolic link to `target`, in one step that no reader can see half-done."""
    link.parent.mkdir(parents=True, exist_ok=True)
    fresh = link.with_name(f"{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.path.relpath(target, link.parent))
    fresh.replace(link)


def write_text(path: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text)
    fresh.replace(path)


def write_json(path: Path, content: object) -> None:
    """Write JSON with sorted keys, whole or not at all."""
    write_text(path, json.dumps(content, indent=1, sort_keys=True, default=str) + "\n")
