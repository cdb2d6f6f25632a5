"""Write a simulated mirror: releases, companions, pictures and the truth, whole or not at all."""

import json
import logging
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from muster.lake import draft, write_json
from muster.simulator.companions import write_companions
from muster.simulator.consortium import Consortium, found
from muster.simulator.history import write_history
from muster.simulator.observations import observation_parts, parameter_documents
from muster.simulator.pictures import picture_documents, picture_records, radiographs, write_pictures
from muster.simulator.releases import published, release_folder, write_latest, write_release
from muster.simulator.sizes import release_named, size_named
from muster.simulator.specimens import Colony, breed
from muster.simulator.truth import write_truth
from muster.simulator.volume import swell
from muster.simulator.writing import compressed, json_lines

logger = logging.getLogger(__name__)

SEED = 20190124


class OccupiedError(RuntimeError):
    """The folder holds something the simulator did not write."""


def simulate(size: str, out: Path, releases: list[str], seed: int = SEED) -> Path:
    """Write the mirror `out` of these releases, or keep it where it is the same already; return it.

    Raises:
        OccupiedError: `out` holds something else, which is left alone.
    """
    spec = {"size": size, "releases": releases, "seed": seed, "code": code_hash()}
    volume = size_named(size)
    for release in releases:
        release_named(release)
    if _is_there(out, spec):
        logger.info("simulate %s: %s is up to date", size, out)
        return out
    consortium = found(volume, seed)
    colony = breed(consortium)
    pictures = radiographs(consortium, colony)
    bulk = _bulk(consortium, colony, pictures)
    with draft(out) as folder:
        write_companions(consortium, folder / "companions")
        said = {release: published(consortium, release) for release in releases}
        write_history(said, folder / "companions")
        for number, release in enumerate(releases, start=1):
            logger.info("simulate %s: release %s (%d/%d)", size, release, number, len(releases))
            write_release(said[release], release, _bulk_at(bulk, release), folder, seed=seed)
            if volume.measurements:
                swell(release_folder(folder, release), release, consortium.lines, volume, seed=seed)
        write_latest(folder, releases)
        write_pictures(consortium, pictures, folder)
        write_truth(consortium, colony, pictures, folder / "truth")
        write_json(folder / "spec.json", spec)
    return out


def _bulk(consortium: Consortium, colony: Colony, pictures: pd.DataFrame) -> dict[str, list[bytes]]:
    """Return the parts of the bulk files; observations and image records in waves, one for each stage of growth."""
    waves = range(len(consortium.size.tested))
    documents = picture_documents(consortium, colony, pictures)
    return {
        "observations": observation_parts(consortium, colony, documents),
        "parameters": [compressed(json_lines(parameter_documents()))],
        "image_records": [
            compressed(json_lines(picture_records(pictures[pictures["stage"] <= wave]))) for wave in waves
        ],
    }


def _bulk_at(bulk: dict[str, list[bytes]], release: str) -> dict[str, list[bytes]]:
    stage = release_named(release).stage
    return {
        "observations": bulk["observations"][: stage + 1],
        "parameters": bulk["parameters"],
        "image_records": [bulk["image_records"][stage]],
    }


def code_hash() -> str:
    """Return a hash of the simulator's code and tables: what else decides its output."""
    digest = sha256()
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.suffix in (".py", ".csv"):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _is_there(out: Path, spec: dict[str, Any]) -> bool:
    if not out.exists() or not any(out.iterdir()):
        return False
    if not (out / "spec.json").exists():
        raise OccupiedError(
            f"{out} is not empty and was not written by the simulator; give another folder or remove it"
        )
    return bool(json.loads((out / "spec.json").read_text()) == spec)
