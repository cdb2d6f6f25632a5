"""Hold everything that landed, was added, harvested or published against its manifest."""

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from muster import lake
from muster.landing import inspection
from muster.landing.files import landed
from muster.landing.inspection import MANIFEST, Damage
from muster.settings import settings

logger = logging.getLogger(__name__)

NAMED = 20


class DamagedError(RuntimeError):
    """Files are missing, damaged or unknown."""


class NothingHereError(ValueError):
    """A release was asked for of which nothing is here."""


@dataclass(frozen=True)
class Finding:
    """What is wrong with a file, and what to do."""

    damage: Damage
    remedy: str

    def __str__(self) -> str:
        return f"{self.damage.path} is {self.damage.problem}: {self.remedy}"


def verify(release: str = "") -> None:
    """Read every file of a release (or of all) that has a manifest and compare; drafts are another run's business.

    Raises:
        DamagedError: names each file that is not what it should be, and what to do.
        NothingHereError: there is nothing to verify.
    """
    landings = _below(settings().landing / "impc", release, f"*/{MANIFEST}")
    extras = _below(settings().landing / "extras", release, f"*/*/{MANIFEST}")
    harvests = _below(settings().landing / "solr", release, f"*/*/*/{MANIFEST}")
    builds = [path for path in _below(settings().lake, release, f"*/*/{MANIFEST}") if not path.is_symlink()]
    if release and not (landings or extras or harvests or builds):
        raise NothingHereError(f"{release}: nothing landed and nothing is published; `muster releases` lists what is")
    findings = []
    for finding in (*_landed(landings), *_added(extras), *_harvested(harvests), *_published(builds)):
        logger.warning("verify: %s", finding)
        findings.append(finding)
    if findings:
        more = f" and {len(findings) - NAMED} more, which the log names" if len(findings) > NAMED else ""
        named = "; ".join(map(str, findings[:NAMED]))
        raise DamagedError(f"{len(findings)} files are not what they should be: {named}{more}")
    logger.info("verify: %d landings, %d harvests and %d builds are whole", len(landings), len(harvests), len(builds))


def _below(folder: Path, release: str, pattern: str) -> list[Path]:
    wanted = pattern.replace("*", release, 1) if release else pattern
    found = sorted(path.parent for path in folder.glob(wanted))
    return [path for path in found if not any(part.endswith(".draft") for part in path.relative_to(folder).parts)]


def _landed(landings: list[Path]) -> Iterator[Finding]:
    users: dict[str, str] = {}
    for folder in landings:
        logger.info("verify: %d files of %s and its images", len(landed(folder)), folder.name)
        yield from _told(inspection.landing(folder), f"run `muster fetch {folder.name}`")
        users.setdefault(json.loads((folder / MANIFEST).read_text())["companions"], folder.name)
    for name, release in sorted(users.items()):
        logger.info("verify: the companions %s", name)
        yield from _told(inspection.companion_set(name), f"run `muster fetch {release}`")


def _added(extras: list[Path]) -> Iterator[Finding]:
    for folder in extras:
        logger.info("verify: what was added to %s as %s", folder.parent.name, folder.name)
        entries = json.loads((folder / MANIFEST).read_text())["files"]
        expected = {entry["path"]: (entry["bytes"], entry["sha256"]) for entry in entries}
        yield from _told(inspection.compare(folder, expected), "add or harvest it again")


def _harvested(harvests: list[Path]) -> Iterator[Finding]:
    for folder in harvests:
        core, release = folder.parent.name, folder.parent.parent.name
        logger.info("verify: the harvest %s of %s, release %s", folder.name, core, release)
        remedy = f"run `muster harvest {core}` with --again and the question of {folder / MANIFEST}"
        yield from _told(inspection.harvest(folder), remedy)


def _published(builds: list[Path]) -> Iterator[Finding]:
    for folder in builds:
        release = folder.parent.name
        marts = json.loads((folder / MANIFEST).read_text())["marts"]
        logger.info("verify: %d marts of %s, build %s", len(marts), release, folder.name)
        expected: inspection.Expected = {f"{mart}.parquet": (None, told["sha256"]) for mart, told in marts.items()}
        is_current = release in lake.releases() and lake.build(release) == folder.resolve()
        remedy = f"run `muster publish {release}`" if is_current else f"remove {folder}: another build is current"
        yield from _told(inspection.compare(folder, expected), remedy)


def _told(damages: Iterable[Damage], remedy: str) -> Iterator[Finding]:
    for damage in damages:
        yield Finding(damage, "remove it, if nobody needs it" if damage.is_foreign else remedy)
