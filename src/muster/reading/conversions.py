"""Companion files in formats of their own, made readable as tables: ontologies, GAF, STRING, zip, plain."""

import gzip
import json
import logging
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import duckdb

from muster.catalog import SourceFile
from muster.reading import formats
from muster.reading.annotations import annotations_version, is_negated, read_annotations
from muster.reading.malformed import MalformedFileError, explained
from muster.reading.ontology import ontology_version, read_terms

logger = logging.getLogger(__name__)

MP = "MP:"
#: Of use for a while only: speed before size.
COMPRESSION = 1

Readable = tuple[SourceFile, list[Path]]


@contextmanager
def readable(source: SourceFile, paths: list[Path], place: Path) -> Iterator[Readable]:
    """Give a companion as an ordinary source and its files; what must be converted lies in `place` meanwhile.

    Raises:
        MalformedFileError: names the file, and the line where one is at fault.
    """
    shutil.rmtree(place, ignore_errors=True)
    try:
        yield _converted(source, paths, place) if paths else (source, paths)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def stated_version(source: SourceFile, path: Path) -> str:
    """Return the version a companion states in its own text, else the one that is declared."""
    ask = {"ontology": ontology_version, "gaf": annotations_version}.get(source.format)
    return (ask(path) if ask else "") or source.version


def _converted(source: SourceFile, paths: list[Path], place: Path) -> Readable:
    converters: dict[str, Callable[[SourceFile, list[Path], Path], Readable]] = {
        "ontology": _terms,
        "gaf": _annotations,
        "string": _interactions,
    }
    if convert := converters.get(source.format):
        place.mkdir(parents=True)
        return convert(source, paths, place)
    ready = [path if path.suffix == ".gz" else _compressed(path, place) for path in paths]
    return _reshaped(source, ready, place) if source.kept_where or source.computed else (source, ready)


def _terms(source: SourceFile, paths: list[Path], place: Path) -> Readable:
    terms = read_terms(paths[0], source.prefix)
    known = {term["mp_term_id"] for term in terms}
    lost = [term["mp_term_id"] for term in terms if set((term["replaced_by"] or "").split("|")) - {"", *known}]
    if lost:
        logger.warning(
            "%s: %d terms name a successor that is no term: %s", paths[0].name, len(lost), ", ".join(lost[:5])
        )
    # Only the terms of MP are called so.
    named = (
        terms if source.prefix == MP else [{name.removeprefix("mp_"): term[name] for name in term} for term in terms]
    )
    return _as_json_lines(source, named, place / f"{paths[0].name}.jsonl.gz")


def _annotations(source: SourceFile, paths: list[Path], place: Path) -> Readable:
    negated = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal negated
        for annotation in read_annotations(paths[0]):
            negated += is_negated(annotation["qualifier"])
            yield annotation

    made = _as_json_lines(source, counted(), place / f"{paths[0].name}.jsonl.gz")
    logger.info("%s: %d annotations say NOT; they are kept in raw and used nowhere", paths[0].name, negated)
    return made


def _interactions(source: SourceFile, paths: list[Path], place: Path) -> Readable:
    links, names = (_compressed(path, place) if path.suffix != ".gz" else path for path in paths)
    target = place / "interactions.csv.gz"
    options = "auto_detect = false, header = true, quote = '', escape = ''"
    try:
        with duckdb.connect() as connection:
            # STRING lists each pair in both directions.
            connection.execute(
                f"copy (select a.name as interactor_a, b.name as interactor_b, score from read_csv('{_sql(links)}',"
                f" delim = ' ', {options}, columns = {{'first': 'VARCHAR', 'second': 'VARCHAR', 'score': 'DOUBLE'}})"
                f" join ({_proteins(names, options)}) a on a.id = first join ({_proteins(names, options)}) b"
                f" on b.id = second where first < second and score >= {source.least_score} order by all)"
                f" to '{_sql(target)}' (header, compression gzip)"
            )
    except duckdb.Error as error:
        raise explained(error, paths) from error
    return source.model_copy(update={"format": "csv"}), [target]


def _proteins(names: Path, options: str) -> str:
    columns = "{'id': 'VARCHAR', 'name': 'VARCHAR', 'size': 'VARCHAR', 'annotation': 'VARCHAR'}"
    return f"select id, name from read_csv('{_sql(names)}', delim = '\t', {options}, columns = {columns})"


def _reshaped(source: SourceFile, paths: list[Path], place: Path) -> Readable:
    """Return the rows that are worth keeping, in our columns."""
    place.mkdir(parents=True, exist_ok=True)
    target = place / "kept.csv.gz"
    # What is computed cannot be asked of the file itself.
    asked = source.model_copy(update={"required": [], "optional": []}) if source.computed else source
    found = formats.table(paths[0].name, asked, paths)
    computed = ", ".join(f'{sql} as "{name}"' for name, sql in source.computed.items())
    cells = computed or "*"
    kept = f"select {cells} from ({formats.select(found)}) where {source.kept_where or 'true'}"
    try:
        with duckdb.connect() as connection:
            ((count,),) = connection.execute(f"select count(*) from ({formats.select(found)})").fetchall()
            ((kept_count,),) = connection.execute(
                f"copy ({kept}) to '{_sql(target)}' (header, compression gzip)"
            ).fetchall()
    except duckdb.Error as error:
        raise explained(error, paths) from error
    logger.info("%s: %s of %s rows are kept, as sources.yml says", paths[0].name, f"{kept_count:,}", f"{count:,}")
    return source.model_copy(update={"format": "csv", "header": [], "comment": "", "renamed": {}}), [target]


def _as_json_lines(source: SourceFile, rows: Iterable[dict[str, Any]], target: Path) -> Readable:
    with gzip.open(target, "wt", encoding="utf-8", compresslevel=COMPRESSION) as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return source.model_copy(update={"format": "jsonl", "renamed": {}}), [target]


def _compressed(path: Path, place: Path) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    target = place / f"{path.name}.gz"
    with _opened(path) as file, gzip.open(target, "wb", compresslevel=COMPRESSION) as packed:
        shutil.copyfileobj(file, packed)
    return target


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if path.suffix != ".zip":
        with path.open("rb") as file:
            yield file
        return
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            if len(names) != 1:
                raise MalformedFileError(
                    f"{path.name}: one file is expected in it, not {len(names)}; unpack it yourself"
                )
            with archive.open(names[0]) as file:
                yield cast(BinaryIO, file)
    except zipfile.BadZipFile as error:
        raise MalformedFileError(f"{path.name}: is no zip file that can be read: {error}; fetch it again") from error


def _sql(path: Path) -> str:
    return str(path).replace("'", "''")
