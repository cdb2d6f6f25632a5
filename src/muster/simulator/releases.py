"""One release of the consortium as files, the flaws of a bad one included."""

from pathlib import Path

import pandas as pd

from muster.catalog import catalog
from muster.simulator import reports
from muster.simulator.consortium import Consortium
from muster.simulator.reports_files import Published, counted, report_files
from muster.simulator.reports_overview import metadata
from muster.simulator.results import results
from muster.simulator.sizes import release_named
from muster.simulator.spoil import spoil
from muster.simulator.viability import viability_calls
from muster.simulator.writing import write_gzip

README = """# International Mouse Phenotyping Consortium: data release {release}

This is the FTP directory of IMPC data release {release} ({released_on}), as the simulator of muster imagines it:
no number in it is biology.
Statistical analysis: {engine}. Genome assembly: {assembly}.

Reports in this directory:

{files}

The README of the newest release is also found in `all-data-releases/latest/`.
"""


def release_folder(folder: Path, release: str) -> Path:
    """Return where a release lies below the root of the mirror."""
    major, minor = release.split(".")
    return folder / "all-data-releases" / f"release-{int(major):02d}.{minor}"


def published(consortium: Consortium, release: str) -> Published:
    """Return what `release` says."""
    calls = viability_calls(consortium, release, release_named(release).stage)
    tested = results(consortium, release).assign(is_supplied=False)
    return Published(pd.concat([tested, reports.viability_results(calls)], ignore_index=True), calls)


def write_release(said: Published, release: str, bulk: dict[str, list[bytes]], folder: Path, *, seed: int) -> None:
    """Write reports, bulk files (`bulk`: source name -> parts) and README of one release."""
    plan, place = release_named(release), release_folder(folder, release)
    found = counted(said, bulk, seed)
    for name, text in report_files(said, found, release, seed).items():
        write_gzip(place / name, text)
    for name, parts in bulk.items():
        for number, part in enumerate(parts):
            path = place / str(catalog().files[name].path_at(release)) / f"part-{number:05d}.json.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(part)
    if plan.fault:
        spoil(place, release, plan.fault, seed)
    _write_readme(place, release)
    told = folder / "landing-page-data" / f"dr{release}" / "release_metadata.json"
    told.parent.mkdir(parents=True, exist_ok=True)
    told.write_text(metadata(said.results, found.calls, release, found.numbers))


def write_latest(folder: Path, releases: list[str]) -> None:
    """Point `latest` at the last of the releases, by README as the real site does."""
    newest = release_folder(folder, releases[-1])
    latest = newest.parent / "latest" / "README.md"
    latest.parent.mkdir()
    latest.write_bytes((newest / "README.md").read_bytes())


def _write_readme(place: Path, release: str) -> None:
    plan = release_named(release)
    names = sorted(str(path.relative_to(place)) for path in place.rglob("*.gz"))
    text = README.format(
        release=release,
        released_on=plan.released_on,
        engine=plan.engine,
        assembly=plan.assembly,
        files="\n".join(f"- `{name}`" for name in names),
    )
    (place / "README.md").write_text(text)
