"""Observation files of other people, read as observations of ours: tables long and wide, pages of the web site."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muster.catalog import column_name
from muster.reading.dcc import dcc_observations
from muster.reading.observation_layouts import Taken, header, is_described, layouts, records, rows, titles
from muster.reading.observation_records import OF_MUTANTS, Context, Record, completed, is_number, value_of

#: The fields one of which holds what was observed.
VALUES = ("data_point", "category", "text_value")

Reader = Callable[[Path, Context], Iterator[Record]]


@dataclass(frozen=True)
class Shape:
    """What each column of a table is for."""

    fields: dict[str, list[str]]
    """Field -> its columns, the best first."""
    taken: dict[str, Taken]
    constants: dict[str, str]
    others: list[str]
    """Columns that are no field of ours."""
    measured: list[str]
    """Of a wide table: the columns that are parameters."""
    titles: dict[str, str]


def observations(path: Path, layout: str, context: Context) -> Iterator[Record]:
    """Yield the observations of a file; what is not understood goes into the report of `context`.

    Raises:
        MalformedFileError: with file, line and value.
    """
    readers: dict[str, Reader] = {"long": _long, "wide": _wide, "web": _web, "dcc": dcc_observations}
    return readers[layout](path, context)


def _long(path: Path, context: Context) -> Iterator[Record]:
    shape = _shape(path, is_wide=False)
    for line, row in rows(path):
        context.report.row_count += 1
        record = _fields(row, shape)
        record |= {column: value_of(row[column]) for column in shape.others}
        point = record.get("data_point")
        if point and not is_number(point):
            record |= {"data_point": None, "category": record.get("category") or point}
        if (
            record.get("data_point")
            or record.get("category")
            or record.get("text_value")
            or record.get("observation_type")
        ):
            yield completed(record, str(line), context)
        else:
            context.report.empty_count += 1


def _wide(path: Path, context: Context) -> Iterator[Record]:
    shape = _shape(path, is_wide=True)
    texts = _columns_of_text(path, shape)
    described = [column for column in shape.others if column not in shape.measured]
    for line, row in rows(path):
        context.report.row_count += 1
        animal = _fields(row, shape)
        said = [(shape.titles[column] or column, value_of(row[column])) for column in described]
        entries = [f"{title.removeprefix('metadata_')} = {value}" for title, value in said if value]
        for column in shape.measured:
            value = value_of(row[column])
            if value is None:
                context.report.empty_count += 1
                continue
            kind = "category" if column in texts else "data_point"
            # Each observation is completed on its own: the fields of one must not be another's.
            record = {**animal, "metadata": entries, "parameter_name": shape.titles[column] or column, kind: value}
            yield completed(record, f"{line}:{column}", context)


def _web(path: Path, context: Context) -> Iterator[Record]:
    for number, result in enumerate(records(path), start=1):
        context.report.row_count += 1
        common = _flat(result, leave=("dataPoints", "metadata"))
        for place, point in enumerate(result.get("dataPoints", []), start=1):
            record = {field: value for field, value in common.items() if field in layouts().fields}
            record |= _flat(point)
            if record.get("biological_sample_group") == "control":
                record |= dict.fromkeys(OF_MUTANTS)
            if any(record.get(name) for name in VALUES):
                yield completed(record, f"{number}:{place}", context)
            else:
                context.report.empty_count += 1


def _flat(values: dict[str, Any], leave: tuple[str, ...] = ()) -> Record:
    """Return a JSON object by our field names; of a list the first, of several spellings the best."""
    plain = {column_name(key): value for key, value in values.items() if key not in leave}
    plain = {key: value[0] if isinstance(value, list) and value else value for key, value in plain.items()}
    texts = {key: value_of(str(value)) for key, value in plain.items() if value is not None and value != []}
    known = {
        field: next((texts[column] for column in columns if texts.get(column)), None)
        for field, columns in layouts().fields.items()
        if any(column in texts for column in columns)
    }
    used = {column for field in known for column in layouts().fields[field]}
    return known | {key: value for key, value in texts.items() if key not in used}


def _shape(path: Path, *, is_wide: bool) -> Shape:
    known, columns, called = layouts(), header(path), titles(path)
    dialect = known.dialect(columns)
    excluded = known.not_in_wide if is_wide else []
    fields = {
        field: [column for column in candidates if column in columns]
        for field, candidates in known.fields.items()
        if field not in excluded and not set(candidates).isdisjoint(columns)
    }
    used = {column for candidates in fields.values() for column in candidates}
    others = [column for column in columns if column not in used]
    too = known.measured_too if dialect.measured_too is None else dialect.measured_too
    repeated = {column for column in columns if _is_repeated(column, called)}
    measured = [
        column
        for column in columns
        if (column in others and not is_described(column) and column not in repeated) or column in too
    ]
    return Shape(fields, dialect.taken, dialect.constants, others, measured if is_wide else [], called)


def _is_repeated(column: str, called: dict[str, str]) -> bool:
    first = re.sub(r"_\d+$", "", column)
    return first != column and called.get(first, "").lower() == called[column].lower()


def _fields(row: dict[str, str], shape: Shape) -> Record:
    record: Record = {
        field: next((value for column in columns if (value := value_of(row[column]))), None)
        for field, columns in shape.fields.items()
    }
    for field, taken in shape.taken.items():
        found = re.search(taken.pattern, row[taken.column])
        record[field] = record.get(field) or (found and found[1])
    return record | {field: record.get(field) or constant for field, constant in shape.constants.items()}


def _columns_of_text(path: Path, shape: Shape) -> set[str]:
    """Return the measured columns that hold anything but numbers: a category stays one where its word is a digit."""
    return {
        column
        for _, row in rows(path)
        for column in shape.measured
        if (value := value_of(row[column])) and not is_number(value)
    }
