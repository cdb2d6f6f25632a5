"""What a file may hold: it is read right by the names of its columns, or refused by file, line and remedy."""

import csv
import gzip
import io
import random

import pytest

from muster.catalog import catalog
from muster.warehouse import reader

MEND = "compare with the mirror's file"


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def text(rows: list[list[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def values(columns: list[str]) -> list[tuple]:
    with reader("18.0") as warehouse:
        return warehouse.execute(f"select {', '.join(columns)} from raw.viability order by source_row").fetchall()


def test_reordered_columns_are_the_same_table(mini) -> None:
    rows = table(mini.text("viability"))
    order = random.Random(1).sample(range(len(rows[0])), len(rows[0]))
    mini.write("viability", text([[row[place] for place in order] for row in rows]))

    with mini.served():
        mini.ingest()

    assert values(catalog().files["viability"].required) == [tuple(row) for row in rows[1:]]


def test_an_extra_column_is_kept(mini) -> None:
    rows = table(mini.text("viability"))
    mini.write("viability", text([[("Mood" if not number else str(number)), *row] for number, row in enumerate(rows)]))

    with mini.served():
        mini.ingest()

    assert values(["mood"])[:2] == [("1",), ("2",)]
    assert values(catalog().files["viability"].required) == [tuple(row) for row in rows[1:]]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ("viability_fenotype", ["viability.csv.gz (viability) lacks the required column viability_phenotype",
                                "may now be viability_fenotype", "add `renamed: {viability_fenotype: viability_phe"]),
        (None, ["viability.csv.gz (viability) lacks the required column viability_phenotype", "Its header: "]),
    ],
    ids=["renamed", "missing"],
)  # fmt: skip
def test_a_required_column_that_is_not_there_refuses_the_release(mini, changed: str | None, words: list[str]) -> None:
    rows = table(mini.text("viability"))
    place = rows[0].index("viability_phenotype")
    spoilt = [row[:place] + ([changed] if changed and row is rows[0] else row[place : place + bool(changed)])
              + row[place + 1 :] for row in rows]  # fmt: skip
    mini.write("viability", text(spoilt))

    with mini.served():
        mini.refused("load", *words, "sources.yml")


def test_a_byte_order_mark_is_no_part_of_the_first_column(mini) -> None:
    mini.write("viability", b"\xef\xbb\xbf" + mini.text("viability").encode())

    with mini.served():
        mini.ingest()

    assert values(["gene_symbol"])[0] == (table(mini.text("viability"))[1][0],)


def test_quotes_and_line_breaks_in_cells_survive(mini) -> None:
    rows = table(mini.text("viability"))
    rows[5][3] = 'two\nlines, a comma and "quotes"'
    mini.write("viability", text(rows))

    with mini.served():
        mini.ingest()

    assert values(catalog().files["viability"].required) == [tuple(row) for row in rows[1:]]


def spoilt_line(content: str, number: int, line: bytes) -> bytes:
    lines = content.encode().splitlines(keepends=True)
    lines[number - 1] = line + b"\n"
    return b"".join(lines)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"a,b", ["line 41", "It reads: 'a,b'"]),
        (b"Sch\xf6n,b,c,d,e,f,g,h,i,j", ["line 41", "UTF-8"]),
        (b'"never closed,b,c,d,e,f,g,h,i,j', ["viability.csv.gz line ", "quote"]),
        (b"x" * 50_000_000, ["viability.csv.gz line 41", "50,000,001 bytes"]),
    ],
    ids=["too few cells", "latin-1", "an open quote", "50 MB without a separator"],
)
def test_a_line_that_cannot_be_read_is_named(mini, line: bytes, words: list[str]) -> None:
    mini.write("viability", spoilt_line(mini.text("viability"), 41, line))

    with mini.served():
        mini.refused("load", "viability.csv.gz", *words, MEND)


def test_a_file_that_is_one_line_of_50_mb_is_named(mini) -> None:
    mini.path("viability").write_bytes(gzip.compress(b"x" * 50_000_000 + b"\ny\n"))

    with mini.served():
        mini.refused("load", "viability.csv.gz", "header", MEND)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'{"parameterStableId": "A", "na', ["part-1.json.gz line 3", '\'{"parameterStableId": "A", "na\'']),
        (b'{"parameterStableId": "A", "name": "Sch\xf6n"}', ["part-1.json.gz", "UTF-8"]),
        (b'{"parameterStableId": "' + b"x" * 50_000_000 + b'"}', ["part-1.json.gz line 3", "50,000,026 bytes"]),
    ],
    ids=["cut short", "latin-1", "50 MB"],
)
def test_a_record_that_cannot_be_read_is_named(mini, line: bytes, words: list[str]) -> None:
    part = mini.path("parameters") / "part-1.json.gz"
    part.write_bytes(gzip.compress(gzip.decompress(part.read_bytes()) * 2 + line + b"\n"))

    with mini.served():
        mini.refused("load", *words, MEND)
