"""Reports that stack several tables in one file, or spread one over several files: split by their own headings."""

import csv
import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from muster.catalog import Section
from muster.reading.malformed import REMEDY, SHOWN, MalformedFileError

#: Some cells list thousands of genes; the csv module's own limit is 128 kB.
LONGEST_CELL = 1 << 26
SOURCE_FILE = "source_file"


@dataclass(frozen=True)
class Record:
    """One record of a file: where it begins, how it reads, its cells."""

    path: Path
    line: int
    text: str
    cells: list[str]

    @property
    def is_blank(self) -> bool:
        """What stands between two tables: an empty line, or one cell of blanks."""
        return len(self.cells) <= 1 and not "".join(self.cells).strip()

    def malformed(self, reason: str) -> MalformedFileError:
        """Return an error that says file, line, text and remedy."""
        shown = self.text if len(self.text) <= SHOWN else f"{self.text[:SHOWN]}…"
        return MalformedFileError(f"{self.path.name} line {self.line}: {reason} It reads: {shown!r}; {REMEDY}")


@dataclass(frozen=True)
class Split:
    """The tables that were found, each in a file of its own, and the records that belong to none."""

    files: dict[str, list[Path]]
    unplaced: list[Record]


def split(paths: list[Path], sections: list[Section], folder: Path) -> Split:
    """Return the tables of `paths`, written below `folder`; a record that fits nowhere is kept apart.

    Raises:
        MalformedFileError: a row has too few or too many cells, or cannot be read.
    """
    with ExitStack() as stack:
        sorting = _Sorting(sections, folder, stack)
        for path in paths:
            sorting.current = None
            for record in records(path):
                sorting.place(record)
        sorting.complain_by_heading(paths)
    return Split({name: [cut.path] for name, cut in sorting.cuts.items()}, sorting.unplaced)


def records(path: Path) -> Iterator[Record]:
    """Return the records of a gzip csv file, line breaks inside quotes kept and counted.

    Raises:
        MalformedFileError: names the line where quotes do not close or bytes are not UTF-8.
    """
    csv.field_size_limit(LONGEST_CELL)
    with gzip.open(path, "rt", encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        taken: list[str] = []
        reader = csv.reader(_remembered(file, taken), strict=True)
        line = 1
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise Record(path, line, "".join(taken).strip(), []).malformed(f"{error}.") from error
            if cells is None:
                return
            record = Record(path, line, "".join(taken).rstrip("\r\n"), cells)
            if not _is_text(record.text):
                raise record.malformed("Its bytes are not UTF-8.")
            yield record
            line = reader.line_num + 1
            taken.clear()


@dataclass
class _Cut:
    """A table on its way into a file of its own."""

    section: Section
    path: Path
    header: list[str]
    stack: ExitStack
    order: list[int] = field(default_factory=list)
    """For each column of the first heading its place under the present one."""

    def __post_init__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        opened = gzip.open(self.path, "wt", compresslevel=1, encoding="utf-8", newline="")  # noqa: SIM115 (the stack closes it)
        file = self.stack.enter_context(opened)
        # Quotes around every cell: a lone carriage return would else end a row.
        self.writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        self.writer.writerow([*self.header, *([SOURCE_FILE] if self.section.keeps_file else [])])
        self.order = list(range(len(self.header)))

    def reopen(self, heading: Record) -> None:
        """Go on under a further heading: the same columns, in whatever order."""
        ours, theirs = (_names(self.section, header) for header in (self.header, heading.cells))
        if sorted(ours) != sorted(theirs):
            raise heading.malformed(f"The table {self.section.name} was begun with the columns {', '.join(ours)}.")
        self.order = [theirs.index(name) for name in ours]

    def write(self, record: Record) -> bool:
        """Add a row; return whether it is one."""
        cells, width = record.cells, len(self.header)
        if self.section.is_ragged:
            cells = [*cells[: width - 1], "|".join(cells[width - 1 :])]
            cells += [""] * (width - len(cells))
        elif len(cells) != width:
            if len(cells) == 1:
                return False
            raise record.malformed(f"Expected Number of Columns: {width} Found: {len(cells)}.")
        self.writer.writerow(
            [*(cells[place] for place in self.order), *([record.path.name] if self.section.keeps_file else [])]
        )
        return True


class _Sorting:
    """Where the records of the files go."""

    def __init__(self, sections: list[Section], folder: Path, stack: ExitStack) -> None:
        self.sections = sections
        self.folder = folder
        self.stack = stack
        self.cuts: dict[str, _Cut] = {}
        self.unplaced: list[Record] = []
        self.current: _Cut | None = None
        self.columns = {name for section in sections for name in (*section.required, *section.optional)}

    def place(self, record: Record) -> None:
        """Add a record to the table it belongs to."""
        if record.is_blank:
            self.current = None
        elif section := self._labelled(record):
            self._cut(section, record.path.name, section.header).write(record)
        elif section := self._headed(record):
            begun = self.cuts.get(section.name)
            self.current = self._cut(section, record.path.name, record.cells)
            if begun:
                begun.reopen(record)
        elif self.current is None or not self.current.write(record):
            self.unplaced.append(record)

    def complain_by_heading(self, paths: list[Path]) -> None:
        """Take the first record for the heading of a required table that was not found: reading says what it lacks."""
        for section in self.sections:
            if section.is_required and section.name not in self.cuts and paths:
                first = next(records(paths[0]), None)
                self._cut(section, paths[0].name, first.cells if first else [])

    def _cut(self, section: Section, file: str, header: list[str]) -> _Cut:
        if section.name not in self.cuts:
            path = self.folder / section.name / file
            self.cuts[section.name] = _Cut(section, path, header, self.stack)
        return self.cuts[section.name]

    def _labelled(self, record: Record) -> Section | None:
        return next((section for section in self.sections if section.is_row(record.cells[0])), None)

    def _headed(self, record: Record) -> Section | None:
        # Inside a table a heading is looked for only where the first cell is the name of a column.
        if self.current and not any(
            section.column(record.cells[0]) in self.columns for section in self.sections if not section.labels
        ):
            return None
        headed = (section for section in self.sections if section.required and not section.labels)
        return next((each for each in headed if set(each.required) <= set(_names(each, record.cells))), None)


def _names(section: Section, header: list[str]) -> list[str]:
    return [section.column(cell) for cell in header]


def _remembered(lines: Iterator[str], taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield line


def _is_text(text: str) -> bool:
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False
