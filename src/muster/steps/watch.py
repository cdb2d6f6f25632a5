"""Find the next release to ingest."""

from muster import lake
from muster.catalog import mirror, release_key
from muster.mirrors.connection import Connection
from muster.mirrors.discovery import available_releases, connect, find_files, find_release
from muster.settings import settings


def watch() -> str | None:
    """Return the oldest release of the mirror that is newer than the current one and not refused as it is.

    Where there is none, the current release again if older ones were published since: the first release of its calls
    is then another. An empty lake begins with the mirror's `first_release`.
    """
    current = lake.current()
    with connect() as connection:
        for release in available_releases(connection):
            # A backtest publishes a newer release without making it current; publishing it again changes no byte.
            if _is_due(release, current) and not _is_refused(connection, release):
                return release
    return current if current and _is_outdated(current) else None


def _is_due(release: str, current: str | None) -> bool:
    is_newer = current is None or release_key(release) > release_key(current)
    return is_newer and release_key(release) >= release_key(mirror().first_release)


def _is_outdated(current: str) -> bool:
    # What was removed to save space, or refused since, is not fetched again only for its history.
    is_landed = (settings().landing / "impc" / current / "manifest.json").exists()
    return is_landed and lake.refusal(current) is None and lake.is_outdated(current)


def _is_refused(connection: Connection, release: str) -> bool:
    refusal = lake.refusal(release)
    if refusal is None:
        return False
    there = find_files(connection, find_release(connection, release))
    return bool(there.versions() == refusal["files"])
