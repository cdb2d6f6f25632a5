"""Add observation files of your own to a release: converted, described and kept apart as an extra of it."""

import json
import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from gzip import GzipFile
from pathlib import Path
from typing import Any

import duckdb

from muster.catalog import catalog
from muster.landing import archives, companions, extras, files
from muster.landing.integrity import sha256, verify
from muster.locks import exclusive
from muster.reading import formats
from muster.reading.conversions import readable
from muster.reading.observation_files import observations
from muster.reading.observation_layouts import recognised
from muster.reading.observation_records import Context, Report
from muster.reading.parameter_names import ParameterNames, parameter_names
from muster.settings import settings

logger = logging.getLogger(__name__)

TABLE = "observations"
SHOWN = 12
READABLE = (".csv", ".tsv", ".txt", ".xml", ".json", ".gz")
COMPRESSION = 6


class AddError(ValueError):
    """What was given cannot be added as it is."""


@dataclass(frozen=True)
class Given:
    """What is said beside the files."""

    name: str = ""
    """Of the extra; default: the first file's."""
    layout: str = ""
    constants: dict[str, str] = field(default_factory=dict)
    """Values of fields where the files have none."""
    meanings: dict[str, str] = field(default_factory=dict)
    """What genotype codes mean."""


def add(release: str, paths: list[Path], given: Given | None = None) -> Path:
    """Return the manifest of the extra the files became: all of them, or none.

    Raises:
        AddError: there is nothing to add, a field is unknown, or another extra would be replaced unasked.
        ArchiveError: an archive is cut, damaged or too large.
        LayoutError: no layout fits a file.
        UnusableFileError: a file is cut or damaged.
        MalformedFileError: a file holds something that cannot be read; names file, line and value.
        NotFetchedError: the release is not here.
    """
    given = given or Given()
    _check(paths, given)
    name = _name(paths[0], given)
    place = extras.folder(release)
    with exclusive(place.with_name(f"{release}.extras.lock"), f"add to {release}"):
        names = _parameter_names(release)
        with extras.drafted(release, name) as fresh:
            entries: list[dict[str, Any]] = []
            for path in _unpacked(paths, place.with_name(f"{release}.unpacked")):
                entries.append(_converted(path, fresh, f"{name}/{len(entries) + 1}", given, names))
            _check_entries(entries, release, name, given)
            manifest = {"name": name, "release": release, "table": TABLE, "layout": "jsonl", "files": entries}
            extras.describe(fresh, manifest)
    total = sum(entry["rows"] for entry in entries)
    logger.info("add %s: %s observations of %d files in extra %s", release, f"{total:,}", len(entries), name)
    logger.info("add %s: `muster load %s` appends them", release, release)
    return place / name / extras.MANIFEST


def extra_lines(release: str) -> list[str]:
    """Return a line for each extra of a release: its table, files and rows."""
    return [
        f"{extra.name}: {sum(file.rows for file in extra.files):,} rows of {len(extra.files)} files for {extra.table}"
        for extra in extras.extras(release)
    ]


def _check(paths: list[Path], given: Given) -> None:
    if not paths:
        raise AddError("no file is given: muster add RELEASE FILE...")
    if gone := [str(path) for path in paths if not path.is_file()]:
        raise AddError(f"no such file: {', '.join(gone)}")
    fields = catalog().files[TABLE].columns
    if unknown := [name for name in given.constants if name not in fields]:
        raise AddError(f"--set {', '.join(unknown)}: no field of observations; they are {', '.join(fields)}")
    if given.name != _plain(given.name):
        raise AddError(f"--name {given.name}: use small letters, digits, - and _, such as {_plain(given.name)}")


def _name(first: Path, given: Given) -> str:
    name = given.name or _plain(first.name.partition(".")[0])
    if not name:
        raise AddError(f"{first.name} gives no name of small letters and digits to the extra: say --name")
    return name


def _check_entries(entries: list[dict[str, Any]], release: str, name: str, given: Given) -> None:
    if not entries:
        raise AddError(f"there is no file to read: an archive may hold {', '.join(READABLE)}")
    there = extras.folder(release) / name / extras.MANIFEST
    if given.name or not there.exists() or _originals(json.loads(there.read_text())["files"]) == _originals(entries):
        return
    raise AddError(
        f"release {release} has an extra {name} of other files: say --name ({name} replaces it), or remove it first by"
        f" `muster add --remove {name} {release}`"
    )


def _originals(entries: list[dict[str, Any]]) -> list[str | None]:
    return [entry.get("original", {}).get("sha256") for entry in entries]


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).lstrip("-_").rstrip("-")


def _unpacked(paths: list[Path], place: Path) -> Iterator[Path]:
    """Yield the files, those of archives one by one."""
    for path in paths:
        if not path.name.endswith(archives.SUFFIXES):
            yield path
            continue
        with archives.unpacked(path, place) as found:
            yield from (each for each in found if each.name.endswith(READABLE))


def _converted(path: Path, fresh: Path, label: str, given: Given, names: ParameterNames) -> dict[str, Any]:
    verify(path)
    layout = given.layout or recognised(path)
    report = Report()
    context = Context(label, given.constants, given.meanings, names, report)
    target = fresh / f"{label.rpartition('/')[2]}-{_plain(path.name.partition('.')[0])}.jsonl.gz"
    count = 0
    kinds: Counter[str] = Counter()
    with _written(target) as file:
        for record in observations(path, layout, context):
            count += 1
            kinds[record["observation_type"]] += 1
            said = {name: value for name, value in record.items() if value is not None and value != []}
            file.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")
    if not count:
        raise AddError(f"{path.name}: holds no observation as layout {layout}; say another by --layout")
    _say(path, layout, report, count)
    return {
        "path": target.name,
        "sha256": sha256(target),
        "bytes": target.stat().st_size,
        "rows": count,
        "url": path.resolve().as_uri(),
        "original": {"name": path.name, "sha256": sha256(path), "layout": layout, "rows": report.row_count},
        "empty": report.empty_count,
        "types": dict(sorted(kinds.items())),
        "not_understood": dict(report.notes.most_common()),
    }


@contextmanager
def _written(target: Path) -> Iterator[GzipFile]:
    # No time in it: the same file added twice is the same extra.
    with (
        target.open("wb") as raw,
        GzipFile(fileobj=raw, mode="wb", filename="", compresslevel=COMPRESSION, mtime=0) as file,
    ):
        yield file


def _say(path: Path, layout: str, report: Report, count: int) -> None:
    read = f"{report.row_count:,} rows, {count:,} observations, {report.empty_count:,} cells without a value"
    logger.info("add %s (%s): %s", path.name, layout, read)
    for note, times in report.notes.most_common(SHOWN):
        logger.warning("add %s: %s (%d times)", path.name, note, times)
    if len(report.notes) > SHOWN:
        logger.warning("add %s: %d more notes are in the manifest", path.name, len(report.notes) - SHOWN)


def _parameter_names(release: str) -> ParameterNames:
    """Return IMPReSS's names as the companions of the release have them, and the release's own parameters."""
    manifest = files.manifest(release)
    folder = companions.folder(manifest["companions"])
    there = json.loads((folder / "manifest.json").read_text())["files"]
    pairs: list[tuple[str, str]] = []
    if entry := there.get("impress_parameters"):
        source = catalog().companions["impress_parameters"].form_at(entry["path"])
        place = extras.folder(release).with_name(f"{release}.conversions")
        with readable(source, files.paths(entry, folder), place) as (plain, ready):
            pairs += _pairs(formats.table("impress_parameters", plain, ready))
    if entry := manifest["files"].get("parameters"):
        landed = files.paths(entry, settings().landing / "impc" / release)
        pairs += _pairs(formats.table("parameters", catalog().files["parameters"], landed))
    if not pairs:
        logger.warning("add %s: no list of parameters is here: parameters are kept by name", release)
    return parameter_names(pairs)


def _pairs(table: formats.Table) -> list[tuple[str, str]]:
    with duckdb.connect() as connection:
        return connection.execute(
            f"select distinct parameter_stable_id, name from ({formats.select(table)})"
            " where parameter_stable_id is not null and name is not null order by all"
        ).fetchall()
