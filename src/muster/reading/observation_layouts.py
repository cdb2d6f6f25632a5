"""How observation files of other people are laid out (`observation_layouts.yml`), and which layout a file has."""

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, TextIO, cast

import yaml
from pydantic import BaseModel, Field

from muster.catalog import column_name
from muster.reading.malformed import SHOWN, MalformedFileError

REMEDY = "mend the file, or take the column out, and add it again"
LONGEST_CELL = 10_000_000

Row = tuple[int, dict[str, str]]


class Taken(BaseModel, extra="forbid", frozen=True):
    """A field that is a part of another column."""

    column: str
    pattern: str


class Dialect(BaseModel, extra="forbid", frozen=True):
    """What is known of files with certain columns."""

    when: list[str]
    constants: dict[str, str] = Field(default={}, alias="set")
    taken: dict[str, Taken] = {}
    measured_too: list[str] | None = None


class Genotype(BaseModel, extra="forbid", frozen=True):
    """What a way to write a genotype says."""

    pattern: str
    group: str
    zygosity: str | None = None


class Layouts(BaseModel, extra="forbid", frozen=True):
    """`observation_layouts.yml` as data."""

    layouts: dict[str, list[list[str]]]
    fields: dict[str, list[str]]
    not_in_wide: list[str]
    measured_too: list[str]
    described: list[str]
    dialects: list[Dialect]
    missing: list[str]
    sexes: dict[str, str]
    genotypes: list[Genotype]
    dates: list[str]
    centres: dict[str, str]

    def dialect(self, columns: list[str]) -> Dialect:
        """Return what is known of a file with these columns."""
        known = (each for each in self.dialects if set(each.when) <= set(columns))
        return next(known, Dialect(when=[]))


class LayoutError(ValueError):
    """No layout fits a file."""


@cache
def layouts() -> Layouts:
    """Return the declared layouts, checked."""
    return Layouts.model_validate(yaml.safe_load(Path(__file__).with_name("observation_layouts.yml").read_text()))


def recognised(path: Path) -> str:
    """Return the layout of a file: long, wide, dcc (XML as centres submit it) or web (JSON of the web site).

    Raises:
        LayoutError: with the file's columns and the remedy.
    """
    with opened(path) as file:
        start = file.read(SHOWN).lstrip()
    if start.startswith("<"):
        return "dcc"
    if start.startswith(("{", "[")):
        return "web"
    columns = header(path)
    for layout, wanted in layouts().layouts.items():
        if any(set(each) <= set(columns) for each in wanted):
            return layout
    needs = "; ".join(
        f"{layout}: {' or '.join(' and '.join(each) for each in wanted)}"
        for layout, wanted in layouts().layouts.items()
    )
    raise LayoutError(
        f"{path.name}: no layout fits its columns {', '.join(columns)[:SHOWN]}. Needed are, for {needs}."
        " Say which it is by --layout, or what a column is called in reading/observation_layouts.yml"
    )


def header(path: Path) -> list[str]:
    """Return the columns of a table by their names, no name twice."""
    with opened(path) as file:
        return _named(next(csv.reader(file, delimiter=_delimiter(path)), []))


def titles(path: Path) -> dict[str, str]:
    """Return what each column of a table is called in its file."""
    with opened(path) as file:
        cells = next(csv.reader(file, delimiter=_delimiter(path)), [])
    return dict(zip(_named(cells), (cell.strip() for cell in cells), strict=True))


def rows(path: Path) -> Iterator[Row]:
    """Yield each row of a table with its line, by column name.

    Raises:
        MalformedFileError: a row has not as many cells as the header, or is not UTF-8 text.
    """
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(_lines(path), delimiter=_delimiter(path))
    try:
        columns = _named(next(reader, []))
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(columns):
                raise MalformedFileError(
                    f"{path.name} line {reader.line_num}: {len(cells)} cells under {len(columns)} columns."
                    f" It reads: {','.join(cells)[:SHOWN]!r}; {REMEDY}"
                )
            yield reader.line_num, dict(zip(columns, cells, strict=True))
    except csv.Error as error:
        raise MalformedFileError(f"{path.name} line {reader.line_num}: {error}; {REMEDY}") from error


def records(path: Path) -> list[dict[str, Any]]:
    """Return the results in a page of the web site, raw points included.

    Raises:
        MalformedFileError: the file is no such page.
    """
    with opened(path) as file:
        try:
            found = json.load(file)["dataStatsResults"]
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise MalformedFileError(
                f"{path.name}: no list dataStatsResults can be read from it: {error}; {REMEDY}"
            ) from error
    return cast(list[dict[str, Any]], found)


def opened(path: Path) -> TextIO:
    """Return a text file open for reading, compressed or not; what is no UTF-8 is told by whoever reads its rows."""
    raw = gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # noqa: SIM115 - the caller closes the text
    return io.TextIOWrapper(cast(io.BufferedReader, raw), encoding="utf-8-sig", errors="replace", newline="")


def is_described(column: str) -> bool:
    """Return whether a column of a wide table says how something was measured.

    >>> is_described("x_ray_equipment_name"), is_described("fat_mass")
    (True, False)
    """
    return any(re.search(pattern, column) for pattern in layouts().described)


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file, each decoded alone: so it is known which one cannot be."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise MalformedFileError(
                    f"{path.name} line {number}: is no UTF-8. It reads: {line[:SHOWN].decode(errors='replace')!r};"
                    " save the file as UTF-8 and add it again"
                ) from error


def _delimiter(path: Path) -> str:
    with opened(path) as file:
        first = file.readline()
    return "\t" if first.count("\t") > first.count(",") else ","


def _named(cells: list[str]) -> list[str]:
    names: list[str] = []
    for cell in cells:
        plain = column_name(cell) or "column"
        numbered = (f"{plain}_{number}" for number in count(2))
        names.append(plain if plain not in names else next(name for name in numbered if name not in names))
    return names
