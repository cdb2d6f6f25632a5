"""Find the next release to ingest."""

from muster import lake
from muster.catalog import release_key
from muster.mirrors.connection import Connection
from muster.mirrors.discovery import available_releases, connect, find_files, find_release


def watch() -> str | None:
    """Return the oldest release of the mirror that is newer than the current one and not refused as it is."""
    current = lake.current()
    published = {release_key(release) for release in lake.releases()}
    with connect() as connection:
        for release in available_releases(connection):
            is_newer = current is None or release_key(release) > release_key(current)
            if is_newer and release_key(release) not in published and not _is_refused(connection, release):
                return release
    return None


def _is_refused(connection: Connection, release: str) -> bool:
    refusal = lake.refusal(release)
    if refusal is None:
        return False
    there = find_files(connection, find_release(connection, release))
    return bool(there.versions() == refusal["files"])
