"""Whether what landed still is what its manifest says: each file by size and sha256, none missing, none foreign."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muster.landing import companions, files, harvests, images
from muster.landing.integrity import sha256
from muster.settings import settings

MANIFEST = "manifest.json"
AT_ONCE = 4

Expected = dict[str, tuple[int | None, str]]
"""Bytes and sha256 by path below a folder."""


@dataclass(frozen=True)
class Damage:
    """A file that is not what it should be."""

    path: Path
    problem: str
    is_foreign: bool = False
    """Nobody declared it: it does no harm, and nobody knows what it is."""


def release(number: str) -> Iterator[Damage]:
    """Yield what is wrong with the landing of a release."""
    yield from landing(settings().landing / "impc" / number)


def landing(folder: Path) -> Iterator[Damage]:
    """Yield what is wrong with a folder of landed files and images that has a manifest."""
    expected = {path: (entry["bytes"], entry["sha256"]) for path, entry in files.landed(folder).items()}
    index = json.loads((folder / MANIFEST).read_text())["images"]
    if "path" in index:
        expected[index["path"]] = (None, index["sha256"])
        stored = [record for record in image_records(folder) if record["path"]]
        expected |= {record["path"]: (record["bytes"], record["sha256"]) for record in stored}
    yield from compare(folder, expected)


def companion_set(name: str) -> Iterator[Damage]:
    """Yield what is wrong with a set of companion files; the whole set may be missing."""
    folder = companions.folder(name)
    if not (folder / MANIFEST).exists():
        yield Damage(folder, "missing")
        return
    entries = files.landed(folder)
    yield from compare(folder, {path: (entry["bytes"], entry["sha256"]) for path, entry in entries.items()})


def harvest(folder: Path) -> Iterator[Damage]:
    """Yield what is wrong with a harvest of a SOLR core that has a manifest."""
    content = json.loads((folder / MANIFEST).read_text())
    entries = [*content["parts"], content["parquet"]]
    expected: Expected = {entry["path"]: (entry["bytes"], entry["sha256"]) for entry in entries}
    # The journal stays where somebody was killed just before its end.
    yield from compare(folder, expected, ignored=(MANIFEST, harvests.JOURNAL))


def keep_whole_companions(name: str) -> bool:
    """Return whether a set is whole; one that is not is taken apart, so that it can be landed again."""
    damages = [damage for damage in companion_set(name) if not damage.is_foreign]
    if damages:
        (companions.folder(name) / MANIFEST).unlink(missing_ok=True)
    for damage in damages:
        # A set is made of links to the folder where its files came in: both are the same damaged bytes.
        if damage.path != companions.folder(name):
            (companions.folder(companions.INCOMING) / damage.path.relative_to(companions.folder(name))).unlink(
                missing_ok=True
            )
    return not damages


def image_records(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the record of each image of a landing, readable lines only."""
    index = folder / images.INDEX
    for line in index.read_text(errors="replace").splitlines() if index.exists() else ():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def compare(folder: Path, expected: Expected, *, ignored: Iterable[str] = (MANIFEST,)) -> Iterator[Damage]:
    """Yield the files of `folder` that differ from what is expected, then those nobody expects."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        problems = pool.map(lambda item: problem(folder / item[0], *item[1]), expected.items())
        for path, said in zip(expected, problems, strict=True):
            if said:
                yield Damage(folder / path, said)
    known = {*expected, *ignored}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and str(file.relative_to(folder)) not in known:
            yield Damage(file, "foreign: no manifest names it", is_foreign=True)


def problem(path: Path, size: int | None, digest: str) -> str:
    """Return what is wrong with a file, empty where nothing is."""
    if not path.is_file():
        return "missing"
    if size is not None and path.stat().st_size != size:
        return f"damaged: {path.stat().st_size:,} bytes where {size:,} came"
    return "" if sha256(path) == digest else "damaged: its sha256 is not that of what came"
