"""Which releases a mirror has, what a release says of itself, and which of the declared files are there."""

import logging
import re
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from muster.catalog import SourceFile, catalog, companions_place, mirror, release_key
from muster.mirrors.connection import Connection
from muster.mirrors.partial import Remote

logger = logging.getLogger(__name__)

FOLDER = "all-data-releases"


class UnknownReleaseError(ValueError):
    """The mirror has no such release."""


@dataclass(frozen=True)
class RemoteRelease:
    """A release on the mirror, resolved once: `latest` may move meanwhile, this folder does not."""

    number: str
    url: str
    is_partial: bool
    released_on: str | None


@dataclass(frozen=True)
class Found:
    """The declared files that are there, by name, and why the others are not."""

    remotes: dict[str, list[Remote]]
    absent: dict[str, str]

    def versions(self) -> dict[str, str]:
        """Return what changes when the mirror replaces a file, by path."""
        return {remote.path: remote.version for remotes in self.remotes.values() for remote in remotes}

    def moved(self, before: "Found") -> list[str]:
        """Return the paths that came, went or changed since `before`, sorted."""
        now, then = (
            {remote.path: remote for remotes in found.remotes.values() for remote in remotes}
            for found in (self, before)
        )
        kept = {path for path in now.keys() & then.keys() if now[path].agrees_with(then[path])}
        return sorted((now.keys() | then.keys()) - kept)


def connect(attempts: int | None = None) -> Connection:
    """Return a connection that keeps the pace declared for this workspace's mirror (`attempts`: less patience)."""
    declared = mirror()
    places = [place for place in (declared.url, companions_place()) if place and place.startswith("file:")]
    return Connection(
        declared.requests_per_second,
        at_once=declared.connections,
        folders=[Path(place.removeprefix("file:")) for place in places],
        attempts=attempts,
    )


def mirror_url() -> str:
    """Return the mirror's address as a URL without a trailing slash, folders included."""
    return as_url(mirror().url)


def as_url(place: str) -> str:
    """Return a place given as URL or `file:FOLDER` as a URL.

    >>> as_url("file:/data/a b"), as_url("http://m/x")
    ('file://localhost/data/a%20b', 'http://m/x')
    """
    # httpx takes a URL without host for a relative one.
    return f"file://localhost{quote(place.removeprefix('file:'))}" if place.startswith("file:") else place


def available_releases(connection: Connection) -> list[str]:
    """Return the releases of the mirror, oldest first."""
    return sorted(_folders(connection), key=release_key)


def find_release(connection: Connection, release: str) -> RemoteRelease:
    """Return where `release` lies and what its README says.

    Raises:
        UnknownReleaseError: with the releases the mirror has.
    """
    folders = {release_key(number): url for number, url in _folders(connection).items()}
    if release_key(release) not in folders:
        known = ", ".join(f"{major}.{minor}" for major, minor in sorted(folders)) or "none"
        raise UnknownReleaseError(f"{release}: not on mirror {mirror().url}; it has {known}")
    url = folders[release_key(release)]
    readme = (connection.content(f"{url}/README.md") or b"").decode(errors="replace")
    date = re.search(r"\((\d{4}-\d\d-\d\d)\)", readme)
    is_partial = re.search(r"^Scope: partial\b", readme, re.MULTILINE) is not None
    return RemoteRelease(release, url, is_partial, date[1] if date else None)


def find_files(connection: Connection, release: RemoteRelease) -> Found:
    """Return the declared files of `release` that the mirror has, with the sums it publishes."""
    remotes, absent = {}, {}
    sums = published_sums(connection, release)
    for name, source in catalog().files.items():
        path = source.path_at(release.number)
        if path is None:
            absent[name] = f"sources.yml declares no place for it in release {release.number}"
        elif there := _at(connection, release.url, path):
            remotes[name] = [replace(remote, md5=sums.get(remote.path, remote.md5)) for remote in there]
        else:
            absent[name] = f"{path} is not in release {release.number} of the mirror"
    return Found(remotes, absent)


def published_sums(connection: Connection, release: RemoteRelease) -> dict[str, str]:
    """Return the md5 sums that the release publishes, by path below its folder; empty where it publishes none."""
    eras = [era for era in catalog().checksums if release_key(era.since) <= release_key(release.number)]
    if not eras or not eras[-1].path:
        return {}
    page = connection.content(f"{release.url}/{eras[-1].path}")
    if page is None:
        logger.info("fetch %s: %s is not there: files are checked by size and gzip sum", release.number, eras[-1].path)
        return {}
    folder = eras[-1].path.rpartition("/")[0]
    return listed_sums(page.decode(errors="replace"), folder)


def listed_sums(page: str, folder: str) -> dict[str, str]:
    """Return the sums of a page as `md5sum` writes it, by path.

    >>> listed_sums("d41d8cd98f00b204e9800998ecf8427e *./a.gz", "csv")
    {'csv/a.gz': 'd41d8cd98f00b204e9800998ecf8427e'}
    """
    lines = re.findall(r"^([0-9a-fA-F]{32})\s+\*?(?:\./)?(\S+)\s*$", page, re.MULTILINE)
    return {f"{folder}/{name}".lstrip("/"): digest.lower() for digest, name in lines}


def find_companions(connection: Connection, place: str | None) -> Found:
    """Return the declared companion files that `place` has."""
    declared = catalog().companions
    if place is None:
        return Found({}, dict.fromkeys(declared, "no place of the companion files is known: give it by --companions"))
    found = {name: _at(connection, as_url(place), source.path) for name, source in declared.items()}
    absent = {name: f"{declared[name].path} is not in {place}" for name, there in found.items() if not there}
    return Found({name: there for name, there in found.items() if there}, absent)


def required(sources: dict[str, SourceFile], absent: dict[str, str]) -> dict[str, str]:
    """Return the absent sources nothing works without."""
    return {name: reason for name, reason in absent.items() if sources[name].is_required}


def _at(connection: Connection, base: str, path: str) -> list[Remote]:
    paths = [path]
    if path.endswith("/"):
        # Spark leaves markers (_SUCCESS, .part.crc) beside the parts.
        paths = [path + name for name in connection.names(f"{base}/{path}") or [] if re.fullmatch(r"[^_.].*\.gz", name)]
    found = [connection.describe(each, f"{base}/{each}") for each in paths]
    return [remote for remote in found if remote is not None]


def _folders(connection: Connection) -> dict[str, str]:
    root = f"{mirror_url()}/{FOLDER}"
    names = connection.names(f"{root}/") or []
    found = {name.rstrip("/"): re.fullmatch(r"release-(\d+)\.(\d+)/", name) for name in names}
    folders = {f"{int(match[1])}.{int(match[2])}": f"{root}/{name}" for name, match in found.items() if match}
    readme = (connection.content(f"{root}/latest/README.md") or b"").decode(errors="replace")
    newest = re.search(r"data release (\d+)\.(\d+)", readme)
    # A mirror without listing still tells its newest release.
    if newest and (number := f"{int(newest[1])}.{int(newest[2])}") not in folders:
        folder = f"{root}/release-{int(newest[1]):02d}.{newest[2]}"
        if connection.describe("README.md", f"{folder}/README.md"):
            folders[number] = folder
    return folders
