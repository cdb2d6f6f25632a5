"""What several verbs take: a release, and where things are."""

from pathlib import Path
from typing import Annotated

import typer

from muster.catalog import release_key


def release_number(given: str) -> str:
    """Return a release as folders are named after it, before any step makes one; empty stays empty.

    >>> release_number("04.2"), release_number("24.00"), release_number("")
    ('4.2', '24.0', '')

    Raises:
        ReleaseNameError: it is no release number.
    """
    if not given:
        return given
    major, minor = release_key(given)
    return f"{major}.{minor}"


Release = Annotated[str, typer.Argument(help="A release, such as 18.0.", callback=release_number)]
Current = Annotated[
    str,
    typer.Argument(
        help="A release; default: the current one in the lake.", show_default=False, callback=release_number
    ),
]
MirrorOption = Annotated[str | None, typer.Option(help="demo, impc, a URL or file:FOLDER.")]
CompanionsOption = Annotated[
    str | None, typer.Option(help="URL or folder of the companion files, or upstream (each from its own site).")
]
DataOption = Annotated[Path | None, typer.Option(help="Folder that holds every workspace [.muster].")]
