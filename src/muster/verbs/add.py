"""The verb `add` of the command line: files of your own, and the extras they became."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from muster.verbs.arguments import Release

Files = Annotated[list[Path] | None, typer.Argument(metavar="FILE...", help="Tables, XML, JSON, tar archives.")]
Name = Annotated[str, typer.Option(help="Name of the extra; default: the first file's.")]
Layout = Annotated[
    Literal["", "long", "wide", "dcc", "web"], typer.Option(help="Layout of the files; default: as their heads say.")
]
Constants = Annotated[
    list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Value of a field where a file has none.")
]
Meanings = Annotated[
    list[str] | None, typer.Option("--means", metavar="CODE=GENOTYPE", help="What a genotype code means: 1=control.")
]
Remove = Annotated[str, typer.Option(metavar="NAME", help="Remove an extra of the release.")]
List = Annotated[bool, typer.Option("--list", help="List the extras of the release.")]


def add(  # noqa: PLR0913, PLR0917 - one for each option
    release: Release,
    paths: Files = None,
    name: Name = "",
    layout: Layout = "",
    constants: Constants = None,
    meanings: Meanings = None,
    remove: Remove = "",
    show: List = False,
) -> None:
    """Add observation files of your own to a release; `load` then appends them."""
    from muster.landing import extras  # noqa: PLC0415
    from muster.steps import add as step  # noqa: PLC0415

    if remove:
        extras.remove(release, remove)
    elif show:
        typer.echo("\n".join(step.extra_lines(release)) or f"release {release} has no extras")
    else:
        given = step.Given(name, layout, pairs(constants, "--set"), pairs(meanings, "--means"))
        step.add(release, paths or [], given)


def pairs(given: list[str] | None, option: str) -> dict[str, str]:
    """Return what was given as NAME=VALUE.

    >>> pairs(["1=control", "a=b=c"], "--means")
    {'1': 'control', 'a': 'b=c'}
    """
    split = [each.partition("=") for each in given or []]
    if wrong := ["".join(each) for each in split if not all(each)]:
        raise typer.BadParameter(f"{', '.join(wrong)}: write it as {option} NAME=VALUE")
    return {name: value for name, _, value in split}
