"""What a process of its own does with the small mirror."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from muster.limits import NoSpaceError, free_bytes
from muster.pipeline import run_step
from muster.settings import configure, settings


def main(arguments: Sequence[str] | None) -> None:
    """Run fetch and load, or (with --ballast) each of them on a disk that fills up first."""
    parser = argparse.ArgumentParser()
    parser.add_argument("mirror")
    parser.add_argument("data", type=Path)
    parser.add_argument("--ballast", action="store_true")
    given = parser.parse_args(arguments)
    configure(mirror=given.mirror, data=given.data)
    if given.ballast:
        ingest_on_a_full_disk()
    else:
        run_step("fetch", "18.0")
        run_step("load", "18.0")


def ingest_on_a_full_disk() -> None:
    """Fill the disk, run a step, say what came of it, free the disk, run the step again."""
    for step, left in (("fetch", 60_000), ("load", 200_000)):
        ballast = settings().data / "ballast"
        ballast.write_bytes(b"\0" * (free_bytes(settings().data) - left))
        try:
            run_step(step, "18.0")
        except NoSpaceError as error:
            sys.stdout.write(f"{step}: {error}\n")
        seen = {"landing": settings().landing / "impc" / "18.0", "warehouse": settings().warehouse("18.0")}
        sys.stdout.write(f"{step}: visible {[name for name, path in seen.items() if path.exists()]}\n")
        drafts = [path.name for path in Path(settings().workspace).rglob("*.duckdb.draft*")]
        sys.stdout.write(f"{step}: drafts {drafts}\n")
        ballast.unlink()
        run_step(step, "18.0")


if __name__ == "__main__":
    # A fork server gives the arguments as a global: it has a command line of its own.
    main(globals().get("arguments"))
