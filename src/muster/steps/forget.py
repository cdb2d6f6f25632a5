"""Remove one release: what landed, its warehouse, its builds, its reports; whoever reads the lake sees no gap."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import rmtree

from muster import lake
from muster.limits import size
from muster.locks import BusyError, exclusive
from muster.settings import settings

logger = logging.getLogger(__name__)

CURRENT = "current"


class ForgetError(ValueError):
    """A release cannot be removed: there is nothing of it, or nothing would take its place."""


def forget(release: str, is_agreed: Callable[[str], bool] = lambda _: True) -> None:
    """Remove a release once `is_agreed` says yes to what will be done; run again, it goes on where it was stopped.

    Raises:
        ForgetError: it is the only published release, or there is nothing of it here.
    """
    landing, warehouse = settings().landing / "impc" / release, settings().warehouse(release)
    with (
        exclusive(landing.with_name(f"{release}.lock"), f"fetch or removal of {release}"),
        exclusive(warehouse.with_name(f"{release}.lock"), f"load, transform, publish or removal of {release}"),
    ):
        there = [path for path in _places(release) if path.exists()]
        if not there:
            raise ForgetError(f"{release}: there is nothing of it here; `muster releases` lists what there is")
        heir = _heir(release)
        if not is_agreed(_plan(release, there, heir)):
            logger.info("forget %s: nothing was removed", release)
            return
        _leave_the_lake(release, heir)
        for path in there:
            _remove(path)
        _remove_unused_companions(release)
    _tell_what_stays(release)


def _places(release: str) -> list[Path]:
    """Return all that is removed, in this order: readers first lose the lake, and last the reason of a refusal."""
    here = settings()
    warehouse = here.warehouse(release)
    folders = [here.landing / "impc", here.workspace / "dbt", here.workspace / "expectations", here.reports]
    return [
        *_with_draft(here.lake / release),
        # Besides the warehouse: what a killed load or DuckDB left there.
        *(path for path in sorted(warehouse.parent.glob(f"{release}.*")) if path.suffix != ".lock"),
        *(path for folder in folders for path in _with_draft(folder / release)),
    ]


def _with_draft(path: Path) -> tuple[Path, Path]:
    return path, path.with_name(f"{path.name}.draft")


def _heir(release: str) -> str | None:
    """Return the release that becomes current in place of `release`; None where the current one stays."""
    if lake.current() != release:
        return None
    others = [other for other in lake.releases() if other != release]
    if not others:
        raise ForgetError(
            f"{release} is current and the only published release: publish another one first, or remove the whole"
            f" workspace {settings().workspace}"
        )
    return others[-1]


def _plan(release: str, there: list[Path], heir: str | None) -> str:
    amount = sum(file.stat().st_size for path in there for file in _files(path))
    names = ", ".join(str(path.relative_to(settings().workspace)) for path in there)
    then = f" Release {heir} becomes current." if heir else ""
    return f"Release {release} is removed: {names} ({size(amount)}).{then}"


def _files(path: Path) -> Iterator[Path]:
    yield from ([path] if path.is_file() else (file for file in path.rglob("*") if file.is_file()))


def _leave_the_lake(release: str, heir: str | None) -> None:
    if heir:
        lake.point(settings().lake / CURRENT, lake.build(heir))
        logger.info("forget %s: release %s is current now", release, heir)
    (settings().lake / release / CURRENT).unlink(missing_ok=True)


def _remove(path: Path) -> None:
    if path.is_file():
        path.unlink()
        return
    # Deleting takes long, and nobody may take half a folder for a whole one.
    leaving = path.with_name(f"{path.name.removesuffix('.draft')}.draft")
    if path.exists() and leaving != path:
        rmtree(leaving, ignore_errors=True)
        path.rename(leaving)
    rmtree(leaving, ignore_errors=True)


def _remove_unused_companions(release: str) -> None:
    folder, landings = settings().landing / "companions", settings().landing / "impc"
    with ExitStack() as held:
        try:
            # A fetch names its companions only when it ends: none may be under way, and none begin.
            for lock in sorted(landings.glob("*.lock")):
                if lock.stem != release:
                    held.enter_context(exclusive(lock, f"fetch or removal of {lock.stem}"))
            held.enter_context(exclusive(folder / "companions.lock", "fetch of companions"))
        except BusyError as busy:
            logger.info("forget %s: unused companions stay until the next removal: %s", release, busy)
            return
        manifests = landings.glob("*/manifest.json")
        used = {json.loads(path.read_text())["companions"] for path in manifests}
        for path in folder.glob("*/manifest.json"):
            if path.parent.name not in used:
                logger.info("forget: no release uses the companions %s any more", path.parent.name)
                _remove(path.parent)


def _tell_what_stays(release: str) -> None:
    here = settings()
    kept = [*here.features.rglob(f"{release}.*"), *here.registry.glob(f"*/{release}")]
    kept += [path for kind in ("extras", "solr") if (path := here.landing / kind / release).exists()]
    if kept:
        names = ", ".join(sorted(str(path.relative_to(here.workspace)) for path in kept))
        logger.info("forget %s: features, models, added and harvested files stay: %s", release, names)
    logger.info("forget %s: done; `muster portal` renews the pages", release)
