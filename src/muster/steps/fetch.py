"""Bring a release and its companions from the mirror into the landing folder, whole or not at all."""

import json
import logging
from pathlib import Path
from shutil import rmtree
from typing import Any

from muster import lake
from muster.catalog import catalog, mirror
from muster.landing import companions, files, images, inspection
from muster.landing.integrity import sha256
from muster.limits import demand_space, size
from muster.locks import exclusive
from muster.mirrors.connection import Connection
from muster.mirrors.discovery import (
    Found,
    RemoteRelease,
    connect,
    find_files,
    find_metadata,
    find_release,
    mirror_url,
    required,
)
from muster.mirrors.patience import TransferError
from muster.reading import formats
from muster.reading.malformed import MalformedFileError
from muster.settings import settings

logger = logging.getLogger(__name__)


#: What a release takes on disk once it is published, by the bytes announced for its files: itself, its warehouse and
#: its Parquet (docs/operations.md has the measurement). Images announce no size and are not counted.
ROOM = 6
#: How often the mirror may change a release while it is fetched before we give up.
ROUNDS = 3


class ChangingMirrorError(RuntimeError):
    """The mirror replaces files of a release faster than they can be fetched."""


def fetch(release: str) -> Path:
    """Return the manifest of the landed release, fetching what is not here yet or was damaged since.

    Raises:
        RefusedError: the mirror's files are unusable, or one that is required is absent.
        NoSpaceError: the release does not fit on the disk.
        ChangingMirrorError: the mirror is just being filled.
    """
    folder = settings().landing / "impc" / release
    with exclusive(folder.with_name(f"{release}.lock"), f"fetch of {release}"), connect() as connection:
        if _is_complete(folder) and not _is_corrected(connection, release):
            _renew_companions(connection, folder)
        else:
            _fetch_release(connection, find_release(connection, release), folder)
    return folder / "manifest.json"


def _is_complete(folder: Path) -> bool:
    """Return whether a landing is here and whole; whatever of it is damaged is removed."""
    if not (folder / "manifest.json").exists():
        return False
    damages = [damage for damage in inspection.release(folder.name) if not damage.is_foreign]
    for damage in damages:
        logger.warning("fetch %s: %s is %s: it is fetched again", folder.name, damage.path, damage.problem)
        damage.path.unlink(missing_ok=True)
    if not damages:
        logger.info("fetch %s: %d files are here and whole", folder.name, len(files.landed(folder)))
    return not damages


def _is_corrected(connection: Connection, release: str) -> bool:
    refusal = lake.refusal(release)
    return refusal is not None and refusal["files"] != (
        find_files(connection, find_release(connection, release)).versions()
    )


def _renew_companions(connection: Connection, folder: Path) -> None:
    manifest = files.manifest(folder.name)
    chosen = companions.place()
    if manifest["companions_place"] != chosen or not inspection.keep_whole_companions(manifest["companions"]):
        manifest |= {"companions": companions.land_companions(connection), "companions_place": chosen}
        lake.write_json(folder / "manifest.json", manifest)


def _fetch_release(connection: Connection, release: RemoteRelease, folder: Path) -> None:
    found = find_files(connection, release)
    _demand_files(release, found)
    draft = _reopened(folder)
    announced = sum(remote.bytes or 0 for remote in files.lacking(found, draft))
    demand_space(draft, announced * ROOM, f"release {release.number} ({size(announced)} to fetch, {ROOM} times that)")
    companion_set = companions.land_companions(connection)
    entries, found = _land_as_one(connection, release, found, draft)
    beside, lacking = _land_metadata(connection, release, draft)
    entries, absent = entries | beside, found.absent | lacking
    for name, reason in absent.items():
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
        "absent": absent,
        "images": stored,
    }
    lake.write_json(draft / "manifest.json", manifest)
    _finish(draft, folder)


def _land_as_one(
    connection: Connection, release: RemoteRelease, found: Found, draft: Path
) -> tuple[dict[str, files.Entry], Found]:
    """Return the landed files, all as the mirror has them at one moment, and what it has then."""
    for _ in range(ROUNDS):
        _demand_files(release, found)
        entries, faults = files.land(connection, found, catalog().files, draft)
        again = find_files(connection, release)
        if moved := _moved(entries, found, again):
            logger.warning("fetch %s: the mirror changed meanwhile: %s", release.number, ", ".join(moved))
            found = again
        elif faults:
            # The header of every other file is looked at too: one refusal tells all that is known.
            faults += _schema_faults(entries, draft)
            faults.append(f"once the mirror has corrected its files, run `muster fetch {release.number}` again")
            raise lake.refuse(release.number, "fetch", faults, found.versions())
        else:
            return entries, again
    raise ChangingMirrorError(
        f"release {release.number} changes on the mirror while it is fetched ({', '.join(moved)}): what came is kept;"
        f" run `muster fetch {release.number}` again when the mirror is at rest"
    )


def _land_metadata(
    connection: Connection, release: RemoteRelease, draft: Path
) -> tuple[dict[str, files.Entry], dict[str, str]]:
    """Return what lies beside the mirror about a release, and what is lacking: no release has to wait for that site."""
    found = find_metadata(connection, release)
    try:
        entries, faults = files.land(connection, found, catalog().files, draft)
    except TransferError as error:
        entries, faults = {}, [str(error)]
    lost = {name: f"it is not to be had: {'; '.join(faults)}" for name in found.remotes if name not in entries}
    return entries, found.absent | lost


def _moved(entries: dict[str, files.Entry], found: Found, again: Found) -> list[str]:
    now = {remote.path: remote for remotes in again.remotes.values() for remote in remotes}
    landed = [files.remote_of(part) for entry in entries.values() for part in files.parts(entry)]
    # What was described and what was sent may differ too.
    stale = [remote.path for remote in landed if remote.path in now and not now[remote.path].agrees_with(remote)]
    return sorted({*again.moved(found), *stale})


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
        lake.write_json(folder / files.JOURNAL, files.landed(folder))
        kept = [json.dumps(record, sort_keys=True) for record in inspection.image_records(folder) if record["path"]]
        lake.write_text(folder / f"{images.INDEX}.part", "".join(f"{line}\n" for line in kept))
        folder.rename(draft)
    draft.mkdir(parents=True, exist_ok=True)
    return draft


def _schema_faults(entries: dict[str, files.Entry], draft: Path) -> list[str]:
    faults = []
    for name, entry in entries.items():
        for table, source in catalog().files[name].first_tables(name).items():
            try:
                formats.table(table, source, files.paths(entry, draft))
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
    for damage in inspection.landing(draft):
        if damage.is_foreign:
            damage.path.unlink()
    draft.rename(folder)
    if (lake.refusal(folder.name) or {}).get("stage") == "fetch":
        lake.accept(folder.name)
