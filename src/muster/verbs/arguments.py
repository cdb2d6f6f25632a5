"""What several verbs take: a release, names of genes, and where things are."""

import re
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


class NamesFileError(ValueError):
    """A file of names cannot be read."""


def names_in(file: Path) -> list[str]:
    """Return the names of a text file, apart by blanks, commas, semicolons or lines; what follows a # is a comment.

    Raises:
        NamesFileError: it is no text in UTF-8.
    """
    try:
        # Spreadsheets write a mark before the first name.
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise NamesFileError(f"{file}: not UTF-8; save it as UTF-8 text") from error
    lines = [line.partition("#")[0] for line in text.splitlines()]
    return [name for line in lines for name in re.split(r"[\s,;]+", line) if name]


def names_or_file(text: str) -> tuple[str, ...]:
    """Return names separated by commas, or, where the text is the name of a file, those in it.

    >>> names_or_file("Cib2, Rpl13,")
    ('Cib2', 'Rpl13')

    Raises:
        NamesFileError: the file is no text in UTF-8.
    """
    return tuple(names_in(Path(text))) if _is_file(text) else separated(text)


def separated(text: str) -> tuple[str, ...]:
    """Return the words between commas.

    >>> separated("string, go"), separated("")
    (('string', 'go'), ())
    """
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _is_file(text: str) -> bool:
    try:
        return bool(text) and "," not in text and Path(text).is_file()
    except OSError:
        # Longer than the name of a file may be.
        return False


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
