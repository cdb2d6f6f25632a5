"""The champions that answer now; a new one is loaded beside the old one and takes over in one step."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from muster import registry
from muster.answers.errors import NotServedError
from muster.answers.known import known_names
from muster.answers.names import Names
from muster.settings import settings

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 1.0
RETRY_AFTER_LOOKS = 30
# By name: torch and feast are imported by the process that answers, not by the one that starts it.
READERS = {
    "xgboost_per_term": "muster.answers.phenotypes",
    "xgboost_classifier": "muster.answers.viability",
    "image_network": "muster.answers.radiographs",
    "xgboost_gene_sets": "muster.answers.candidates",
}

#: (model, version) -> the folder with that version's files.
FindFolder = Callable[[str, str], Path]


@dataclass(frozen=True)
class Champion:
    """A loaded model and what its answers must say about it."""

    manifest: dict[str, Any]
    reader: Any
    known_genes: Names
    known_terms: Names

    @property
    def source(self) -> dict[str, Any]:
        """Return the fields every answer carries."""
        trained_on = self.manifest["trained_on"]
        return {
            "release": self.manifest["release"],
            "model": self.manifest["name"],
            "model_version": self.manifest["version"],
            "trained_on": {name: trained_on[name] for name in ("release", "build", "rows") if name in trained_on},
        }


def load_champion(folder: Path) -> Champion:
    """Read a version's files into memory."""
    manifest = registry.manifest(folder)
    genes = known_names(manifest["release"], "genes", "gene_id", "symbol")
    terms = known_names(manifest["release"], "terms", "mp_term_id", "mp_term_name")
    return Champion(manifest, import_module(READERS[manifest["learner"]]).read(folder), genes, terms)


class Shelf:
    """What is served, by model; requests read it while a thread of its own puts new champions in."""

    def __init__(self, find_folder: FindFolder, packaged: Mapping[str, str]) -> None:
        """Serve what the registry's aliases name; without a registry (in a container) what is `packaged`."""
        self.champions: dict[str, Champion] = {}
        self.problems: dict[str, str] = {}
        self._find_folder = find_folder
        self._packaged = packaged
        self._rest: dict[tuple[str, str], int] = {}
        self._ended = threading.Event()

    def champion(self, model: str) -> Champion:
        """Return the champion that answers for `model`; keep it for the whole answer.

        Raises:
            NotServedError: with the commands that make one.
        """
        try:
            return self.champions[model]
        except KeyError:
            problem = self.problems.get(model)
            trouble = f" ({problem})" if problem else ""
            raise NotServedError(
                f"no {model} model is promoted{trouble}: run `muster train {model}`, then `muster promote {model}`; "
                "the service takes it up by itself"
            ) from None

    def look(self) -> None:
        """Load every champion that changed since the last look; keep the old one where that fails."""
        for model, version in self._wanted().items():
            now = self.champions.get(model)
            if now and now.manifest["version"] == version:
                continue
            rest = self._rest.get((model, version), 0)
            if rest:
                self._rest[model, version] = rest - 1
            else:
                self._take_up(model, version)

    def watch(self) -> None:
        """Look once, then again every second in the background."""
        self.look()
        threading.Thread(target=self._keep_looking, name="champions", daemon=True).start()

    def close(self) -> None:
        """Stop looking."""
        self._ended.set()

    def _keep_looking(self) -> None:
        while not self._ended.wait(LOOK_EVERY_SECONDS):
            try:
                self.look()
            except Exception:
                # A half-mounted folder must not end the watch; the champions go on answering.
                logger.exception("cannot read the registry %s", settings().registry)

    def _wanted(self) -> Mapping[str, str]:
        aliases = [path.parent.name for path in sorted(settings().registry.glob("*/aliases.json"))]
        if not aliases:
            return self._packaged
        champions = {model: registry.aliases(model).get("champion") for model in aliases}
        return {model: entry["version"] for model, entry in champions.items() if entry}

    def _take_up(self, model: str, version: str) -> None:
        try:
            folder = self._find_folder(model, version)
            champion = load_champion(folder)
        except Exception as error:
            logger.exception("%s %s cannot be loaded; what answered before goes on", model, version)
            self.problems[model] = f"{version} cannot be loaded: {error}"
            self._rest[model, version] = RETRY_AFTER_LOOKS
            return
        # One assignment: a request sees the old champion or the new one, whole.
        self.champions = {**self.champions, model: champion}
        self.problems.pop(model, None)
        logger.info("%s %s of release %s answers", model, version, champion.manifest["release"])
