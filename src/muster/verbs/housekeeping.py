"""The verbs that look after releases as a whole: list, verify, forget."""

import sys
from typing import Annotated

import typer

from muster.verbs.arguments import Release, release_number


def releases(
    as_json: Annotated[bool, typer.Option("--json", help="For machines: everything known, refusals in full.")] = False,
) -> None:
    """List the releases: on the mirror, landed, loaded, published, current, refused (where and why)."""
    from muster.standing import overview  # noqa: PLC0415

    found = overview()
    for line in [found.json()] if as_json else found.lines():
        typer.echo(line)


def verify(
    release: Annotated[
        str, typer.Argument(help="A release; default: all.", callback=release_number, show_default=False)
    ] = "",
) -> None:
    """Read every landed and published file again and hold it against its manifest; exit 1 where one is damaged."""
    from muster.steps.verify import verify as check_all  # noqa: PLC0415

    check_all(release)


def forget(
    release: Release,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a release: landing, warehouse, builds, reports. Features, models, added and harvested files stay."""
    from muster.steps.forget import ForgetError  # noqa: PLC0415
    from muster.steps.forget import forget as remove  # noqa: PLC0415

    def is_agreed(plan: str) -> bool:
        if yes:
            return True
        if not sys.stdin.isatty():
            raise ForgetError(f"{plan} Nobody is here to be asked: say --yes")
        return typer.confirm(f"{plan} Go on?")

    remove(release, is_agreed)
