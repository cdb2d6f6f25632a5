"""What exists outside: mirrors, release files and companion files, as `sources.yml` declares them."""

import math
import re
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, Field

from muster.settings import settings


class Mirror(BaseModel, extra="forbid", frozen=True):
    """A place that serves `all-data-releases/`."""

    url: str
    companions: str | None = None
    solr: str | None = None
    """Where its SOLR cores answer; a core is asked at `<solr>/<core>/select`."""
    requests_per_second: float = 50


class Era(BaseModel, extra="forbid", frozen=True):
    """Where a file lies from one release on (until the next era begins)."""

    since: str
    path: str
    """Below the release folder; a trailing `/` means every file of that folder."""


class SourceFile(BaseModel, extra="forbid", frozen=True):
    """One file of a release or of the companions, and the raw table it becomes."""

    eras: list[Era] = []
    path: str = ""
    """For companions: the file's name below the companions' folder."""
    format: str = "csv"
    """csv, tsv, gmt or jsonl; all gzip."""
    header: list[str] = []
    """Column names where the file has no header line."""
    comment: str = ""
    required: list[str] = []
    optional: list[str] = []
    renamed: dict[str, str] = {}
    """Header text or older name -> our name."""
    melted: list[str] = []
    """For wide matrices: the id columns; every other column becomes rows (ids, name, value)."""
    is_stacked: bool = False
    """Whether further tables follow below the first one, after a record with one blank cell; only the first is read."""
    is_required: bool = False
    licence: str = ""
    description: str = ""

    def path_at(self, release: str) -> str | None:
        """Return the path below the folder of `release`, None before the first era."""
        past = [era for era in self.eras if release_key(era.since) <= release_key(release)]
        return past[-1].path if past else None

    @property
    def columns(self) -> list[str]:
        """Every column the raw table has at least, present in the file or not."""
        return [*self.required, *self.optional]


class Core(BaseModel, extra="forbid", frozen=True):
    """A SOLR core that can be harvested."""

    sorted_by: list[str]
    """Fields that may be its unique key, by which its pages follow one another; the likeliest first."""
    identity: str
    """What tells one document from another, whatever number the index gave it."""
    rows: int = 5000
    """Documents a page."""
    documented_as: str
    """Its name in the published list of fields."""
    tables: list[str] = []
    """Raw tables of a release its documents can be appended to."""
    fills_absent: bool = False
    """Whether they are appended only where the release lacks the file of the table."""


class Images(BaseModel, extra="forbid", frozen=True):
    """Which pictures of a release are fetched, and how large they may be."""

    source: Literal["jpeg", "original"] = "jpeg"
    """jpeg: as the mirror renders them; original: as the centre filed them (DICOM, TIFF, JPEG, PNG)."""
    largest_bytes: int = 64 * 2**20
    largest_pixels: int = 60_000_000
    media: dict[str, bool] = {}
    """Suffixes of further media parameters beside the X-ray views, and whether they are fetched."""


class Catalog(BaseModel, extra="forbid", frozen=True):
    """`sources.yml` as data."""

    mirrors: dict[str, Mirror]
    files: dict[str, SourceFile]
    companions: dict[str, SourceFile]
    xray_views: dict[str, str] = Field(description="parameter suffix -> view")
    images: Images = Images()
    cores: dict[str, Core] = {}


class UnknownMirrorError(ValueError):
    """The mirror is neither declared nor a URL nor a folder."""


class ReleaseNameError(ValueError):
    """What was given as a release is no release number."""


@cache
def catalog() -> Catalog:
    """Return `sources.yml`, checked."""
    return Catalog.model_validate(yaml.safe_load((settings().root / "sources.yml").read_text()))


def mirror() -> Mirror:
    """Return the mirror of this workspace, its URL without a trailing slash.

    Raises:
        UnknownMirrorError: names what is known.
    """
    chosen = settings().mirror
    name, _, explicit = chosen.partition("=")
    known = catalog().mirrors
    place = explicit or chosen
    if place.startswith(("http://", "https://")):
        declared = known.get(name, Mirror(url=place))
        own = {part: f"{place.rstrip('/')}/{part}" for part in ("companions", "solr")}
        return declared.model_copy(update={"url": place.rstrip("/"), **own})
    if place.startswith("file:"):
        folder = Path(place.removeprefix("file:")).resolve()
        if not folder.is_dir():
            raise UnknownMirrorError(f"{place}: there is no folder {folder}; give the folder above all-data-releases/")
        return Mirror(url=f"file:{folder}", requests_per_second=math.inf)
    if place not in known:
        raise UnknownMirrorError(
            f"{place}: unknown mirror; sources.yml has {', '.join(known)}; or give a URL or file:FOLDER"
        )
    return known[place]


def companions_place() -> str | None:
    """Return the URL or `file:FOLDER` of the companion files, None where nothing says."""
    given = settings().companions or mirror().companions
    if given is None or given.startswith(("http://", "https://")):
        return given and given.rstrip("/")
    return f"file:{Path(given.removeprefix('file:')).resolve()}"


def release_key(release: str) -> tuple[int, int]:
    """Return a key that sorts releases by number.

    >>> sorted(["10.0", "9.2", "04.2"], key=release_key)
    ['04.2', '9.2', '10.0']

    Raises:
        ReleaseNameError: with how a release is written.
    """
    match = re.fullmatch(r"(\d+)\.(\d+)", release)
    if match is None:
        raise ReleaseNameError(f"{release}: not a release number; write it like 18.0")
    return int(match[1]), int(match[2])


def column_name(header: str) -> str:
    """Return a header cell as a column name.

    >>> column_name("Total # Hom Males"), column_name("Percentage HOMs / HEMs"), column_name("parameterStableId")
    ('total_hom_males', 'percentage_homs_hems', 'parameter_stable_id')
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", header.strip())
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")
