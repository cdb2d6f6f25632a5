"""What exists beyond what was scored: the genes and terms of a release, from the lake where there is one."""

from muster import lake
from muster.answers.names import Names


def known_names(release: str, mart: str, key: str, label: str) -> Names:
    """Return the accessions and names of a mart; none where the lake is not at hand (in a container)."""
    try:
        rows = lake.read(release, mart, f"{key}, {label}").order(key).fetchall()
    except lake.NotPublishedError:
        return Names([], [])
    return Names([row[0] for row in rows], [row[1] for row in rows])
