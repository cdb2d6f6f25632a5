"""Extras of a release: rows of other sources that are appended to its raw tables, each a folder with a manifest."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import BaseModel, Field, ValidationError, field_validator

from muster.catalog import SourceFile, catalog
from muster.lake import draft, write_json
from muster.landing.integrity import sha256
from muster.settings import settings

MANIFEST = "manifest.json"
LAYOUTS = ("jsonl", "csv", "tsv")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


class ExtraError(RuntimeError):
    """An extra that is not there, or one that is damaged."""


class ExtraFile(BaseModel, frozen=True):
    """One file of an extra, and where its rows came from."""

    path: str
    sha256: str
    bytes: int
    rows: int
    url: str = ""

    @field_validator("path")
    @classmethod
    def _below_the_folder(cls, path: str) -> str:
        place = PurePosixPath(path)
        if not place.parts or place.is_absolute() or ".." in place.parts:
            raise ValueError(f"{path!r} is no path below the folder of the extra")
        return path


class Extra(BaseModel, frozen=True):
    """What the manifest of an extra says that loading needs; it may say more."""

    name: str
    release: str
    table: str
    layout: str = "jsonl"
    files: list[ExtraFile] = Field(min_length=1)

    @property
    def folder(self) -> Path:
        return folder(self.release) / self.name

    def verify(self) -> None:
        """Refuse a file that is gone or is another than was written down.

        Raises:
            ExtraError: with the file and the remedy.
        """
        for file in self.files:
            path = self.folder / file.path
            if not path.exists() or sha256(path) != file.sha256:
                wrong = "is gone" if not path.exists() else f"has not the sha256 {file.sha256[:12]}… of its manifest"
                raise ExtraError(
                    f"extra {self.name} of {self.release}: {path} {wrong}; make it again, or take it out by"
                    f" `muster add --remove {self.name} {self.release}`"
                )


def folder(release: str) -> Path:
    """Return the folder that holds the extras of a release."""
    return settings().landing / "extras" / release


def raw_tables() -> dict[str, SourceFile]:
    """Return the raw tables rows can be appended to; those of wide matrices, which count their own rows, are none."""
    tables = (source.tables(name) for name, source in catalog().files.items())
    return {table: source for each in tables for table, source in each.items() if not source.melted}


def extras(release: str) -> list[Extra]:
    """Return the extras of a release by name; drafts are none.

    Raises:
        ExtraError: a manifest cannot be used; it says which and why.
    """
    manifests = sorted(folder(release).glob(f"*/{MANIFEST}"))
    return [_read(path) for path in manifests if not path.parent.name.endswith(".draft")]


@contextmanager
def drafted(release: str, name: str) -> Iterator[Path]:
    """Give an empty folder that becomes the extra `name`, in place of one of that name, when the block ends well.

    Raises:
        ExtraError: the name may be no folder's.
    """
    # Without a name its folder would be the one of all extras, and a draft takes the place of its folder.
    if not NAME.fullmatch(name):
        raise ExtraError(f"{name!r} cannot name an extra: use small letters, digits, - and _")
    with draft(folder(release) / name) as fresh:
        yield fresh


def describe(fresh: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest of a drafted extra."""
    write_json(fresh / MANIFEST, manifest)


def remove(release: str, name: str) -> None:
    """Remove an extra.

    Raises:
        ExtraError: with the extras there are.
    """
    gone = folder(release) / name
    known = sorted(path.parent.name for path in folder(release).glob(f"*/{MANIFEST}"))
    if name not in known:
        raise ExtraError(f"release {release} has no extra {name}; it has {', '.join(known) or 'none'}")
    # A load that begins now must find it whole or not at all.
    doomed = gone.with_name(f"{name}.removed.draft")
    shutil.rmtree(doomed, ignore_errors=True)
    gone.rename(doomed)
    shutil.rmtree(doomed)


def _read(path: Path) -> Extra:
    try:
        extra = Extra.model_validate(json.loads(path.read_text()))
    except (json.JSONDecodeError, ValidationError) as error:
        raise ExtraError(f"{path}: {error}; make the extra again or remove its folder") from error
    wrong = [
        f"its table {extra.table} is no raw table that rows can be appended to; they are {', '.join(raw_tables())}"
        * (extra.table not in raw_tables()),
        f"its layout {extra.layout} is none of {', '.join(LAYOUTS)}" * (extra.layout not in LAYOUTS),
        f"it says it is {extra.name} of {extra.release}"
        * ((extra.name, extra.release) != (path.parent.name, path.parent.parent.name)),
    ]
    if any(wrong):
        raise ExtraError(f"{path}: {'; '.join(filter(None, wrong))}; make the extra again or remove its folder")
    return extra
