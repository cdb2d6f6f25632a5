"""Put one trained version into the BentoML store: `python serving/package.py MODEL RELEASE VERSION`."""

import filecmp
import logging
import shutil
import sys
from pathlib import Path
from typing import Any

import bentoml
from bentoml.exceptions import BentoMLException, NotFound

from muster import registry

logger = logging.getLogger("muster.package")


def package(model: str, release: str, version: str) -> bentoml.Tag:
    """Store a version's files as `muster_<model>:<version>`, once; return the tag."""
    folder = registry.folder(model, release, version)
    manifest = registry.manifest(folder)
    tag = bentoml.Tag(f"muster_{model}", version)
    if _is_stored(tag, folder):
        logger.info("%s is in the store", tag)
        return tag
    labels = {"model": model, "release": release, "learner": manifest["learner"]}
    with bentoml.models.create(tag, labels=labels, metadata=_plain(manifest)) as stored:
        shutil.copytree(folder, stored.path, dirs_exist_ok=True)
    logger.info("%s stored", tag)
    return tag


def _is_stored(tag: bentoml.Tag, folder: Path) -> bool:
    """Return whether the store has every file; what a killed run left half-copied is removed."""
    try:
        stored = Path(bentoml.models.get(tag).path)
    except NotFound:
        return False
    except BentoMLException:
        logger.warning("%s was stored by halves; storing it again", tag)
    else:
        names = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
        same, _, _ = filecmp.cmpfiles(folder, stored, names, shallow=False)
        if len(same) == len(names):
            return True
    bentoml.models.delete(tag)
    return False


def _plain(content: Any) -> Any:
    """Return JSON content without nulls, which BentoML's metadata does not know."""
    if isinstance(content, dict):
        return {name: _plain(value) for name, value in content.items() if value is not None}
    return [_plain(value) for value in content if value is not None] if isinstance(content, list) else content


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    package(*sys.argv[1:])
