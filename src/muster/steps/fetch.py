"""Bring a release and its companions from the mirror into the landing folder, whole or not at all."""

import json
import logging
from pathlib import Path
from shutil import rmtree
from typing import Any

from muster import lake
from muster.catalog import catalog, mirror
from muster.landing import companions, files, images
from muster.landing.integrity import sha256
from muster.locks import exclusive
from muster.mirrors.connection import Connection
from muster.mirrors.discovery import Found, RemoteRelease, connect, find_files, find_release, mirror_url, required
from muster.reading import formats
from muster.reading.malformed import MalformedFileError
from muster.settings import settings

logger = logging.getLogger(__name__)


def fetch(release: str) -> Path:
    """Return the manifest of the landed release, fetching what is not here yet.

    Raises:
        RefusedError: the mirror's files are unusable, or one that is required is absent.
    """
    folder = settings().landing / "impc" / release
    with exclusive(folder.with_name(f"{release}.lock"), f"fetch of {release}"), connect() as connection:
        if _is_complete(folder) and not _is_corrected(connection, release):
            _renew_companions(connection, folder)
        else:
            _fetch_release(connection, find_release(connection, release), folder)
    return folder / "manifest.json"


def _is_complete(folder: Path) -> bool:
    if not (folder / "manifest.json").exists():
        return False
    landed = _landed_files(folder)
    is_whole = all(_size(folder / path) == entry["bytes"] for path, entry in landed.items())
    logger.info(
        "fetch %s: %d files %s", folder.name, len(landed), "are here" if is_whole else "were here: some are gone"
    )
    return is_whole


def _is_corrected(connection: Connection, release: str) -> bool:
    refusal = lake.refusal(release)
    return refusal is not None and refusal["files"] != (
        find_files(connection, find_release(connection, release)).versions()
    )


def _renew_companions(connection: Connection, folder: Path) -> None:
    manifest = files.manifest(folder.name)
    chosen = companions.place()
    if manifest["companions_place"] != chosen or not companions.is_landed(manifest["companions"]):
        manifest |= {"companions": companions.land_companions(connection), "companions_place": chosen}
        lake.write_json(folder / "manifest.json", manifest)


def _fetch_release(connection: Connection, release: RemoteRelease, folder: Path) -> None:
    found = find_files(connection, release)
    _demand_files(release, found)
    companion_set = companions.land_companions(connection)
    draft = _reopened(folder)
    entries, faults = files.land(connection, found, catalog().files, draft)
    if faults:
        # The header of every other file is looked at too: one refusal tells all that is known.
        faults += _schema_faults(entries, draft)
        faults.append(f"once the mirror has corrected its files, run `muster fetch {release.number}` again")
        raise lake.refuse(release.number, "fetch", faults, found.versions())
    for name, reason in found.absent.items():
        logger.info("fetch %s: no %s: %s", release.number, name, reason)
    try:
        stored = _fetch_images(connection, entries, draft)
    except (formats.SchemaError, MalformedFileError) as error:
        raise lake.refuse(release.number, "fetch", [str(error)], found.versions()) from error
    manifest = {
        "release": release.number,
        "mirror": mirror().url,
        "url": release.url,
        "is_partial": release.is_partial,
        "released_on": release.released_on,
        "companions": companion_set,
        "companions_place": companions.place(),
        "files": entries,
        "absent": found.absent,
        "images": stored,
    }
    lake.write_json(draft / "manifest.json", manifest)
    _finish(draft, folder)


def _demand_files(release: RemoteRelease, found: Found) -> None:
    lacking = required(catalog().files, found.absent) if found.remotes else found.absent
    if lacking:
        reasons = [f"{name} is needed: {reason}" for name, reason in lacking.items()]
        raise lake.refuse(release.number, "fetch", reasons, found.versions())


def _reopened(folder: Path) -> Path:
    """Return the draft to work in; a landing that is replaced becomes it, so that equal files are not fetched again."""
    draft = folder.with_name(f"{folder.name}.draft")
    if folder.exists():
        rmtree(draft, ignore_errors=True)
        lake.write_json(folder / files.JOURNAL, _landed_files(folder))
        folder.rename(draft)
    draft.mkdir(parents=True, exist_ok=True)
    return draft


def _schema_faults(entries: dict[str, files.Entry], draft: Path) -> list[str]:
    faults = []
    for name, entry in entries.items():
        try:
            formats.table(name, catalog().files[name], files.paths(entry, draft))
        except (formats.SchemaError, MalformedFileError) as error:
            faults.append(str(error))
    return faults


def _fetch_images(connection: Connection, entries: dict[str, files.Entry], draft: Path) -> dict[str, Any]:
    if "observations" not in entries or "image_records" not in entries:
        return {"count": 0, "errors": 0, "reason": "without observations and image records no image is known"}
    observations, image_records = (
        formats.table(name, catalog().files[name], files.paths(entries[name], draft))
        for name in ("observations", "image_records")
    )
    chosen = images.chosen_images(observations, image_records)
    records = images.store_images(connection, mirror_url(), chosen, draft)
    errors = sum(record["error"] is not None for record in records)
    logger.info("fetch images: %d stored, %d not usable", len(records) - errors, errors)
    return {"count": len(records), "errors": errors, "path": images.INDEX, "sha256": sha256(draft / images.INDEX)}


def _finish(draft: Path, folder: Path) -> None:
    kept = {"manifest.json", images.INDEX, *_landed_files(draft)}
    for path in draft.rglob("*"):
        name = str(path.relative_to(draft))
        if path.is_file() and name not in kept and not (name.startswith("images/") and name.endswith(images.SUFFIXES)):
            path.unlink()
    draft.rename(folder)
    if (lake.refusal(folder.name) or {}).get("stage") == "fetch":
        lake.accept(folder.name)


def _landed_files(folder: Path) -> dict[str, files.Entry]:
    path = folder / "manifest.json"
    entries = json.loads(path.read_text())["files"].values() if path.exists() else []
    return {part["path"]: part for entry in entries for part in files.parts(entry)}


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else -1
