"""Write the gene features of a release, register them with Feast and fill the release's online store."""

import hashlib
import json
import logging
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from muster import lake
from muster.learners.feature_files import write_views
from muster.learners.features import online_path, open_store, release_moment, store_places
from muster.learners.source import source_hash
from muster.locks import exclusive
from muster.settings import settings
from muster.specs import Split, load_spec, model_names

logger = logging.getLogger(__name__)

ONLINE_VIEWS = ["gene_summary", "gene_embedding"]


class SplitError(ValueError):
    """Two models disagree about the folds of gene families."""


class FeastError(RuntimeError):
    """Feast refused the feature repository."""


def materialize(release: str) -> Path:
    """Make the features of `release` readable offline and online; return their manifest. What is unchanged stays."""
    with exclusive(settings().features / "lock", "materialize"):
        wanted: dict[str, Any] = {
            "build": lake.build(release).name,
            "split": family_split().model_dump(),
            "source": _source(),
        }
        path = settings().features / "manifests" / f"{release}.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        if {name: known.get(name) for name in wanted} == wanted and _are_whole(release, known["files"]):
            logger.info("features of %s are unchanged", release)
        else:
            known = {**wanted, "release": release, "files": write_views(release, family_split())}
            lake.write_json(path, known)
        _forget_other_definitions(_source())
        _apply(release)
        _fill_online(release, known["files"])
    return path


def family_split() -> Split:
    """Return the split by gene family that every spec shares: the fold is a feature, so there is one.

    Raises:
        SplitError: names the specs that differ.
    """
    splits = {name: load_spec(name).split for name in model_names()}
    by_family = {name: split for name, split in splits.items() if split.by == "gene_family"}
    if len(set(by_family.values())) > 1:
        raise SplitError(f"{', '.join(by_family)} split gene families differently: give them the same folds and seed")
    return next(iter(by_family.values()), Split(by="gene_family"))


def _source() -> str:
    return source_hash("muster.learners.feature_files")


def _forget_other_definitions(source: str) -> None:
    """Remove the files of releases that other code wrote: one join must not mix two definitions of a feature."""
    for path in sorted((settings().features / "manifests").glob("*.json")):
        known = json.loads(path.read_text())
        if known["source"] != source:
            logger.warning("features of %s came from other code: run `muster materialize %s`", path.stem, path.stem)
            path.unlink()
            for view in known["files"]:
                (settings().features / view / f"{path.stem}.parquet").unlink(missing_ok=True)


def _are_whole(release: str, files: dict[str, str]) -> bool:
    """Return whether every feature file is there with the bytes that were written."""
    return all(
        path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256
        for view, sha256 in files.items()
        if (path := settings().features / view / f"{release}.parquet")
    )


def _apply(release: str) -> None:
    """Register the definitions if they are new; Feast imports them in a process of its own."""
    folder = settings().root / "feature_repo"
    texts = [path.read_text() for path in sorted(folder.glob("*.*"))]
    definitions = hashlib.sha256("".join([*texts, str(settings().features)]).encode()).hexdigest()
    note = settings().features / "applied"
    if (settings().features / "registry.db").exists() and note.exists() and note.read_text() == definitions:
        return
    online_path(release).parent.mkdir(parents=True, exist_ok=True)
    logger.info("feast apply")
    command = [sys.executable, "-c", "from feast.cli.cli import cli; cli()", "--chdir", str(folder), "apply"]
    environment = settings().subprocess_environment(PYTHONDONTWRITEBYTECODE="1", **store_places(online_path(release)))
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise FeastError(f"feast apply failed in {folder}:\n{(done.stdout + done.stderr)[-2000:]}")
    lake.write_text(note, definitions)


def _fill_online(release: str, files: dict[str, str]) -> None:
    """Put the live views of this release into its own online store."""
    wanted: dict[str, Any] = {view: files[view] for view in ONLINE_VIEWS}
    note = online_path(release).with_suffix(".json")
    if online_path(release).exists() and note.exists() and json.loads(note.read_text()) == wanted:
        logger.info("online features of %s are unchanged", release)
        return
    # Filled beside and renamed: whoever answers meanwhile reads the old one, whole.
    fresh = online_path(release).with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    store = open_store(fresh)
    # Applying what is registered already makes the tables of a new online store.
    store.apply([view for view in store.list_feature_views() if view.name in ONLINE_VIEWS])
    moment = release_moment(release)
    logger.info("materialize %s: %s", release, ", ".join(ONLINE_VIEWS))
    store.materialize(moment, moment + timedelta(seconds=1), feature_views=ONLINE_VIEWS)
    fresh.replace(online_path(release))
    lake.write_json(note, wanted)
