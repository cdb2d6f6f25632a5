"""Trained models: one immutable folder a version, and aliases (champion, previous) in one small file."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from muster.catalog import release_key
from muster.lake import draft, write_json
from muster.settings import settings


class NoModelError(RuntimeError):
    """No trained or promoted model where one is needed."""


def folder(name: str, release: str, version: str) -> Path:
    """Return the folder of a trained model; it exists once the training is complete."""
    return settings().registry / name / release / version


@contextmanager
def save(name: str, release: str, version: str) -> Iterator[Path]:
    """Give a draft folder for a model's files; with `manifest.json` in it, it becomes the version."""
    with draft(folder(name, release, version)) as target:
        yield target
        if not (target / "manifest.json").exists():
            raise NoModelError(f"{name} {version}: a model without a manifest.json is not registered")


def versions(name: str) -> list[tuple[str, str]]:
    """Return (release, version) of every trained model, older releases first, in a release the newest version last."""
    found = [
        (path.parent.parent.name, path.parent.name, path.stat().st_mtime_ns)
        for path in (settings().registry / name).glob("*/*/manifest.json")
        if not path.parent.name.endswith(".draft")
    ]
    # Version names are hashes: which was trained last, only the file says.
    found.sort(key=lambda entry: (release_key(entry[0]), entry[2], entry[1]))
    return [(release, version) for release, version, _ in found]


def newest(name: str, release: str) -> str | None:
    """Return the version of `release` that was trained last, None where there is none."""
    found = [version for trained_on, version in versions(name) if trained_on == release]
    return found[-1] if found else None


def manifest(path: Path) -> dict[str, Any]:
    """Return the manifest of a model folder."""
    content: dict[str, Any] = json.loads((path / "manifest.json").read_text())
    return content


def aliases(name: str) -> dict[str, Any]:
    """Return {champion: {release, version}, previous: ...}, empty before the first promotion."""
    path = settings().registry / name / "aliases.json"
    return json.loads(path.read_text()) if path.exists() else {}


def resolve(name: str, alias: str = "champion") -> Path:
    """Return the folder an alias points at.

    Raises:
        NoModelError: with the commands that make one.
    """
    entry = aliases(name).get(alias)
    if entry is None:
        raise NoModelError(
            f"{name} has no {alias}: run `muster train {name} RELEASE`, then `muster promote {name} RELEASE`"
        )
    return folder(name, entry["release"], entry["version"])


def promote(name: str, release: str, version: str) -> None:
    """Make a version the champion; the champion before it stays reachable as `previous`."""
    now = aliases(name)
    fresh = {"release": release, "version": version}
    if now.get("champion") == fresh:
        return
    history = [*now.get("history", []), fresh]
    write_json(
        settings().registry / name / "aliases.json",
        {"champion": fresh, "previous": now.get("champion"), "history": history},
    )


def roll_back(name: str) -> Path:
    """Swap champion and previous; return the folder that now answers.

    Raises:
        NoModelError: if there was no champion before this one.
    """
    now = aliases(name)
    if not now.get("previous"):
        raise NoModelError(f"{name}: there is no previous champion to go back to")
    promote(name, now["previous"]["release"], now["previous"]["version"])
    return resolve(name)
