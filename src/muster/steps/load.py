"""Load a landed release into the raw tables of its warehouse, by column name, all or nothing."""

import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from muster import lake
from muster.catalog import SourceFile, catalog
from muster.landing import companions, extras, files, images
from muster.locks import exclusive
from muster.reading.appended import append
from muster.reading.conversions import readable
from muster.reading.earlier import recall_earlier
from muster.reading.formats import SchemaError
from muster.reading.malformed import MalformedFileError
from muster.reading.raw_tables import Contents, fill_all
from muster.settings import settings
from muster.warehouse import fresh_writer, reader, tables

logger = logging.getLogger(__name__)

#: Raise it when raw tables change their shape: every release is then loaded again.
SHAPE = 3


@dataclass(frozen=True)
class Landed:
    """A declared source and its files; no entry where it is absent."""

    name: str
    source: SourceFile
    folder: Path
    entry: files.Entry | None
    absent_reason: str | None
    is_companion: bool

    @property
    def path(self) -> str | None:
        """Where it lies below the release: a file, a folder of parts, or the few files of a report."""
        if self.entry and self.source.sections:
            return ", ".join(part["path"] for part in files.parts(self.entry))
        return self.entry["path"] if self.entry else None

    @property
    def paths(self) -> list[Path]:
        return files.paths(self.entry, self.folder) if self.entry else []


def load(release: str) -> dict[str, int]:
    """Return rows per raw table after loading; a release that is loaded already is left as it is.

    Raises:
        RefusedError: files of the release lack required columns or hold rows that cannot be read.
        CompanionsError: a companion file does.
        ExtraError: an extra of the release is damaged.
    """
    manifest = files.manifest(release)
    landed = list(_landed(release, manifest))
    path = settings().warehouse(release)
    with exclusive(path.with_name(f"{release}.lock"), f"load of {release}"):
        fingerprint = _fingerprint(release, manifest, landed)
        if _loaded_fingerprint(release) == fingerprint:
            logger.info("load %s: nothing changed", release)
        else:
            _load(manifest, landed, fingerprint)
        if (lake.refusal(release) or {}).get("stage") in ("fetch", "load"):
            lake.accept(release)
    with reader(release) as warehouse:
        return dict(warehouse.execute("select name, row_count from raw.files order by name").fetchall())


def _landed(release: str, manifest: files.Entry) -> Iterator[Landed]:
    release_folder = settings().landing / "impc" / release
    companion_folder = companions.folder(manifest["companions"])
    companion_manifest = json.loads((companion_folder / "manifest.json").read_text())
    for declared, folder, there, is_companion in (
        (catalog().files, release_folder, manifest, False),
        (catalog().companions, companion_folder, companion_manifest, True),
    ):
        for name, source in declared.items():
            reason = there["absent"].get(name, "sources.yml declares it since this release was fetched")
            entry = there["files"].get(name)
            form = source.form_at(entry["path"]) if is_companion and entry else source
            yield Landed(name, form, folder, entry, None if entry else reason, is_companion)


def _load(manifest: files.Entry, landed: list[Landed], fingerprint: str) -> None:
    release = manifest["release"]
    with fresh_writer(release) as warehouse:
        contents, complaints = _fill_all(warehouse, release, landed)
        if complaints:
            raise lake.refuse(release, "load", complaints)
        _describe_files(warehouse, release, landed, contents)
        _list_unplaced(warehouse, contents)
        _append_extras(warehouse, release)
        _describe_release(warehouse, manifest, fingerprint)
        _list_images(warehouse, manifest)
        recall_earlier(warehouse, release)


def _fill_all(
    warehouse: duckdb.DuckDBPyConnection, release: str, landed: list[Landed]
) -> tuple[dict[str, Contents], list[str]]:
    contents = {}
    complaints = []
    conversions = settings().warehouse(release).with_suffix(".conversions")
    for number, each in enumerate(landed, start=1):
        try:
            as_it_is = nullcontext((each.source, each.paths))
            told = readable(each.source, each.paths, conversions) if each.is_companion else as_it_is
            with told as (source, paths):
                found = contents[each.name] = fill_all(warehouse, each.name, source, paths)
        except (SchemaError, MalformedFileError) as error:
            if each.is_companion:
                raise companions.CompanionsError(str(error)) from error
            complaints.append(str(error))
            continue
        for table, filled in found.tables.items():
            rows = "absent" if table in found.lacking else f"{filled.row_count:,} rows"
            logger.info("load %d/%d %s: %s", number, len(landed), table, rows)
            if filled.unknown_columns:
                count = len(filled.unknown_columns)
                logger.info("load %s: %d undeclared columns are kept (raw.files names them)", table, count)
        if found.unplaced:
            count, first = len(found.unplaced), found.unplaced[0]
            logger.warning(
                "load %s: %d lines fit no table, the first is line %d of %s; raw.unplaced_lines keeps them",
                each.name, count, first.line, first.path.name,
            )  # fmt: skip
    return contents, complaints


def _describe_files(
    warehouse: duckdb.DuckDBPyConnection, release: str, landed: list[Landed], contents: dict[str, Contents]
) -> None:
    """Write one row a raw table; the tables stacked in one file share its address and its checksum."""
    warehouse.execute(
        "create table raw.files (name varchar, table_name varchar, path varchar, url varchar, sha256 varchar,"
        " bytes bigint, row_count bigint, duplicate_count bigint, header_hash varchar, unknown_columns varchar[],"
        " is_absent boolean, absent_reason varchar, is_companion boolean, previous_row_count bigint,"
        " unplaced_count bigint)"
    )
    previous = lake.previous(release)
    before = lake.manifest(previous).get("source_rows", {}) if previous else {}
    for each in landed:
        entry = each.entry or {}
        found = contents[each.name]
        path = each.path
        for table, told in found.tables.items():
            missing = each.absent_reason or (f"{path} has no such table" if table in found.lacking else None)
            warehouse.execute(
                f"insert into raw.files values ({', '.join('?' * 15)})",
                [
                    table,
                    f"raw.{table}",
                    path,
                    *(entry.get(field) for field in ("url", "sha256", "bytes")),
                    told.row_count,
                    told.duplicate_count,
                    entry.get("header_hash"),
                    told.unknown_columns,
                    table in found.lacking,
                    missing,
                    each.is_companion,
                    before.get(table),
                    len(found.unplaced),
                ],
            )


def _list_unplaced(warehouse: duckdb.DuckDBPyConnection, contents: dict[str, Contents]) -> None:
    warehouse.execute("create table raw.unplaced_lines (name varchar, file varchar, line bigint, text varchar)")
    for name, found in contents.items():
        warehouse.execute(
            "insert into raw.unplaced_lines select ?, unnest(?::varchar[]), unnest(?::bigint[]), unnest(?::varchar[])",
            [
                name,
                [record.path.name for record in found.unplaced],
                [record.line for record in found.unplaced],
                [record.text for record in found.unplaced],
            ],
        )


def _append_extras(warehouse: duckdb.DuckDBPyConnection, release: str) -> None:
    for extra in extras.extras(release):
        extra.verify()
        for file in extra.files:
            declared = extras.raw_tables()[extra.table]
            try:
                told = append(warehouse, extra.table, declared, extra.folder / file.path, extra.layout)
            except MalformedFileError as error:
                raise extras.ExtraError(f"extra {extra.name} of {release}: {error}") from error
            logger.info("load extra %s: %s rows more in %s", extra.name, f"{told.row_count:,}", extra.table)
            if told.repeated_count:
                logger.warning("load extra %s: %d rows were there already: those stay", extra.name, told.repeated_count)
            warehouse.execute(
                "insert into raw.files by name select ? as name, ? as table_name, ? as path, ? as url, ? as sha256,"
                " ? as bytes, ?::bigint as row_count, 0::bigint as duplicate_count, ?::varchar[] as unknown_columns,"
                " row_count = 0 as is_absent, if(row_count = 0, 'the release has all its rows', null) as absent_reason,"
                " false as is_companion",
                [
                    f"{extra.table}+{extra.name}/{file.path}",
                    f"raw.{extra.table}",
                    file.path,
                    file.url,
                    file.sha256,
                    file.bytes,
                    told.row_count,
                    told.unknown_columns,
                ],
            )
            # What needs the table may be made from the extra alone.
            warehouse.execute(
                "update raw.files set is_absent = false, absent_reason = null, row_count = row_count + ?"
                " where name = ? and (is_absent or path is null)",
                [told.row_count, extra.table],
            )


def _describe_release(warehouse: duckdb.DuckDBPyConnection, manifest: files.Entry, fingerprint: str) -> None:
    # A release without a date in its README has one in the history; without any, no feature could be dated.
    known = "(select try_cast(max(date) as date) from raw.release_history where release = $1)"
    warehouse.execute(
        f"create table raw.release as select $1::varchar as release, coalesce($2::date, {known}) as released_on,"
        " $3::boolean as is_partial, $4::varchar as mirror, $5::varchar as companions_set",
        [manifest[field] for field in ("release", "released_on", "is_partial", "mirror", "companions")],
    )
    warehouse.execute("create table raw.fingerprint as select ?::varchar as fingerprint", [fingerprint])


def _list_images(warehouse: duckdb.DuckDBPyConnection, manifest: files.Entry) -> None:
    columns = "observation_id varchar, url varchar, sha256 varchar, path varchar, bytes bigint, error varchar"
    warehouse.execute(f"create table raw.images ({columns})")
    if "path" in manifest["images"]:
        index = settings().landing / "impc" / manifest["release"] / images.INDEX
        typed = "{" + ", ".join(f"{name}: '{kind}'" for name, kind in map(str.split, columns.split(", "))) + "}"
        warehouse.execute(
            f"insert into raw.images by name from read_json(?, format = 'newline_delimited', columns = {typed})",
            [str(index)],
        )


def _fingerprint(release: str, manifest: files.Entry, landed: list[Landed]) -> str:
    known: dict[str, Any] = {
        "shape": SHAPE,
        "files": {each.name: (each.entry or {}).get("sha256") for each in landed},
        "declared": {each.name: each.source.model_dump() for each in landed},
        "release": [manifest[field] for field in ("release", "released_on", "is_partial", "mirror", "companions")],
        "images": manifest["images"].get("sha256"),
        "earlier": [[other, build] for other, build in lake.earlier_builds(release).items()],
    }
    if appended := extras.extras(release):
        known["extras"] = [each.model_dump() for each in appended]
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def _loaded_fingerprint(release: str) -> str | None:
    if not settings().warehouse(release).exists():
        return None
    with reader(release) as warehouse:
        if "fingerprint" not in tables(warehouse, "raw"):
            return None
        ((fingerprint,),) = warehouse.execute("select fingerprint from raw.fingerprint").fetchall()
        return str(fingerprint)
