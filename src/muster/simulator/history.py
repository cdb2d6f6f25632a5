"""The release history: how far each release had grown, under the header of the compiled history."""

from pathlib import Path

from muster.catalog import catalog
from muster.simulator.headers import header
from muster.simulator.reports_files import Published
from muster.simulator.sizes import release_named
from muster.simulator.writing import table, write_gzip


def write_history(said: dict[str, Published], folder: Path) -> None:
    """Write one row per release."""
    rows = []
    for release, found in ((release, one.results) for release, one in said.items()):
        plan = release_named(release)
        counts = [found["gene"].nunique(), found["line"].nunique(), int(found["is_significant"].sum())]
        package, version = plan.engine.split()
        unknown = [""] * 7
        rows.append([release, plan.released_on, *counts, package, version, plan.assembly, *unknown, "simulated"])
    write_gzip(
        folder / catalog().companions["release_history"].path,
        table(header("release_history"), list(zip(*rows, strict=True))),
    )
