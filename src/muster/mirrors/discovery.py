"""Which releases a mirror has, what a release says of itself, and which of the declared files are there."""

import logging
import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import quote

from muster.catalog import UPSTREAM, SourceFile, catalog, companions_place, mirror, release_key
from muster.mirrors.connection import Connection
from muster.mirrors.partial import Remote
from muster.mirrors.patience import TransferError

logger = logging.getLogger(__name__)

FOLDER = "all-data-releases"
NO_HEAD = frozenset({403, 405, 501})


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


def newest_release(connection: Connection) -> str | None:
    """Return the release that the mirror's `latest` names, None where it names none."""
    readme = connection.content(f"{mirror_url()}/{FOLDER}/latest/README.md") or b""
    told = re.search(r"data release ([0-9]+)\.([0-9]+)", readme.decode(errors="replace"))
    return f"{int(told[1])}.{int(told[2])}" if told else None


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
    for name, source in _declared("release").items():
        path = source.path_at(release.number)
        if path is None:
            absent[name] = f"sources.yml declares no place for it in release {release.number}"
        elif there := _at(connection, release.url, path):
            remotes[name] = [replace(remote, md5=sums.get(remote.path, remote.md5)) for remote in there]
        else:
            absent[name] = f"{path} is not in release {release.number} of the mirror"
    return Found(remotes, absent)


def find_metadata(connection: Connection, release: RemoteRelease) -> Found:
    """Return the declared files about `release` that lie beside the mirror; absent, whatever is wrong there."""
    remotes, absent = {}, {}
    base = as_url(mirror().metadata_url(release.number))
    for name, source in _declared("metadata").items():
        path = source.path_at(release.number) or ""
        try:
            there = _at(connection, base, path)
        except TransferError as error:
            # A bucket forbids what it does not have.
            absent[name] = f"{path} is not to be had: {error}"
            continue
        if there:
            remotes[name] = there
        else:
            absent[name] = f"{path} is not beside release {release.number} of the mirror"
    return Found(remotes, absent)


def _declared(place: str) -> dict[str, SourceFile]:
    return {name: source for name, source in catalog().files.items() if source.lies_in == place}


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
    """Return the declared companion files that `place` has, each in the preferred of the forms that are there."""
    declared = catalog().companions
    if place is None:
        return Found({}, dict.fromkeys(declared, "no place of the companion files is known: give it by --companions"))
    remotes, absent = {}, {}
    for name, source in declared.items():
        there, reason = _published(connection, source) if place == UPSTREAM else _kept(connection, source, place)
        if there:
            remotes[name] = there
        else:
            absent[name] = reason
    return Found(remotes, absent)


def _kept(connection: Connection, source: SourceFile, place: str) -> tuple[list[Remote], str]:
    """Return the files of the first form that a folder holds, each compressed or not."""
    for form in source.forms:
        found = [_packed_or_not(connection, as_url(place), path) for path in (form.path, *form.beside)]
        there = [remote for remote in found if remote is not None]
        if len(there) == len(found):
            return there, ""
    return [], f"{' or '.join(form.path for form in source.forms)} is not in {place}"


def _packed_or_not(connection: Connection, base: str, path: str) -> Remote | None:
    other = path.removesuffix(".gz") if path.endswith(".gz") else f"{path}.gz"
    return connection.describe(path, f"{base}/{path}") or connection.describe(other, f"{base}/{other}")


def _published(connection: Connection, source: SourceFile) -> tuple[list[Remote], str]:
    """Return the files of the first form that its publisher has."""
    reasons = []
    for form in (form for form in source.forms if form.url):
        addresses = {
            _as_served(path, url): url.format(version=form.version)
            for path, url in ({form.path: form.url} | form.beside).items()
        }
        try:
            found = {path: _asked(connection, path, url) for path, url in addresses.items()}
        except TransferError as error:
            reasons.append(str(error))
            continue
        if None not in found.values():
            return [remote for remote in found.values() if remote], ""
        reasons.append(f"{', '.join(addresses[path] for path, remote in found.items() if remote is None)} is not there")
    return [], "; ".join(reasons) or "nobody publishes it in this form: give a folder that has it by --companions"


def _as_served(path: str, url: str) -> str:
    """Return the name of a file as its publisher serves it, compressed or not."""
    return path if url.endswith(".gz") else path.removesuffix(".gz")


def _asked(connection: Connection, path: str, url: str) -> Remote | None:
    try:
        return connection.describe(path, url)
    except TransferError as error:
        # Some publishers answer GET alone: whether the file is there shows when it is fetched.
        if error.status in NO_HEAD:
            return Remote(path, url)
        raise


def required(sources: dict[str, SourceFile], absent: dict[str, str]) -> dict[str, str]:
    """Return the absent sources nothing works without."""
    return {name: reason for name, reason in absent.items() if sources[name].is_required}


def _at(connection: Connection, base: str, path: str) -> list[Remote]:
    paths = [path]
    folder, _, pattern = path.rpartition("/")
    if set(pattern) & set("*?["):
        names = connection.names(f"{base}/{folder}/") or []
        paths = [f"{folder}/{name}" for name in names if fnmatchcase(name, pattern)]
    elif path.endswith("/"):
        # Spark leaves markers (_SUCCESS, .part.crc) beside the parts.
        paths = [path + name for name in connection.names(f"{base}/{path}") or [] if re.fullmatch(r"[^_.].*\.gz", name)]
    found = [connection.describe(each, f"{base}/{each}") for each in paths]
    return [remote for remote in found if remote is not None]


def _folders(connection: Connection) -> dict[str, str]:
    root = f"{mirror_url()}/{FOLDER}"
    names = connection.names(f"{root}/") or []
    found = {name.rstrip("/"): re.fullmatch(r"release-(\d+)\.(\d+)/", name) for name in names}
    folders = {f"{int(match[1])}.{int(match[2])}": f"{root}/{name}" for name, match in found.items() if match}
    number = newest_release(connection)
    # A mirror without listing still tells its newest release.
    if number and number not in folders:
        major, minor = release_key(number)
        folder = f"{root}/release-{major:02d}.{minor}"
        if connection.describe("README.md", f"{folder}/README.md"):
            folders[number] = folder
    return folders
