"""What exists outside: mirrors, release files and companion files, as `sources.yml` declares them."""

import math
import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, Field, field_validator

from muster.settings import settings

#: The fields an alternative form of a companion does not take over from the first.
FORM_FIELDS = (
    *("path", "format", "header", "comment", "renamed", "melted", "version", "url"),
    *("beside", "kept_where", "computed", "least_score"),
)

#: Instead of a folder or URL: each companion from the place that publishes it.
UPSTREAM = "upstream"


class Mirror(BaseModel, extra="forbid", frozen=True):
    """A place that serves `all-data-releases/`."""

    url: str
    companions: str | None = None
    solr: str | None = None
    """Where its SOLR cores answer; a core is asked at `<solr>/<core>/select`."""
    requests_per_second: float = 50
    connections: int = Field(default=4, ge=1)
    """How many requests may be under way at once."""
    first_release: str = "0.0"
    """Where an empty lake begins; older releases are taken in only when they are asked for."""
    metadata: str = "{url}/landing-page-data/dr{release}"
    """Where the metadata of a release lie: they are no part of its folder."""

    def metadata_url(self, release: str) -> str:
        """Return the folder of a release's metadata, as a URL or `file:FOLDER`.

        >>> Mirror(url="http://m", metadata="http://s3/{release}").metadata_url("23.0")
        'http://s3/23.0'
        """
        return self.metadata.format(url=self.url, release=release)


class Era(BaseModel, extra="forbid", frozen=True):
    """Where a file lies from one release on (until the next era begins)."""

    since: str
    path: str | None
    """Below the release folder; a trailing `/` means every file of that folder, `*`, `?` and `[…]` in the last
    component every file of such a name; null: from this release on the file is no longer published."""


class Section(BaseModel, extra="forbid", frozen=True):
    """One of the tables stacked in a file, and the raw table it becomes."""

    name: str
    description: str = ""
    required: list[str] = []
    """A record with all of these is the table's heading."""
    optional: list[str] = []
    renamed: dict[str, str] = {}
    header: list[str] = []
    """Column names where the table has no heading; `labels` then tells its rows."""
    labels: str = ""
    """What the first cell of a row looks like (a regular expression), where there is no heading."""
    is_ragged: bool = False
    """Whether rows may be shorter than the heading, or longer: what is beyond it joins the last column by `|`."""
    keeps_file: bool = False
    """Whether a column `source_file` says which of several files a row came from."""
    is_required: bool = False
    """Whether a file without this table is refused."""

    def column(self, cell: str) -> str:
        """Return our name of a heading's cell."""
        plain = column_name(cell)
        return self.renamed.get(cell, self.renamed.get(plain, plain))

    def is_row(self, cell: str) -> bool:
        """Return whether a first cell marks a row of this table, where it has no heading."""
        return bool(self.labels) and re.fullmatch(self.labels, cell.strip()) is not None

    def source(self) -> "SourceFile":
        """Return the table as if it had a file of its own."""
        optional = [*self.optional, *(["source_file"] if self.keeps_file else [])]
        required = self.header if self.labels else self.required
        return SourceFile(required=required, optional=optional, renamed=self.renamed, description=self.description)


class SourceFile(BaseModel, extra="forbid", frozen=True):
    """One file of a release or of the companions, and the raw table it becomes."""

    eras: list[Era] = []
    path: str = ""
    """For companions: the file's name below the companions' folder."""
    format: str = "csv"
    """csv, tsv, gmt or jsonl, all gzip; json: one plain document, which becomes a row a value. Companions also:
    ontology, gaf, string; gzip, zip or plain."""
    header: list[str] = []
    """Column names where the file has no header line."""
    comment: str = ""
    required: list[str] = []
    optional: list[str] = []
    renamed: dict[str, str] = {}
    """Header text or older name -> our name."""
    melted: list[str] = []
    """For wide matrices: the id columns; every other column becomes rows (ids, name, value)."""
    sections: list[Section] = []
    """The tables of a file that stacks several, or of several files that are one table; columns are declared there."""
    lies_in: Literal["release", "metadata"] = "release"
    is_required: bool = False
    may_be_empty: bool = False
    """Whether a file without rows is one; otherwise it is refused as an export that failed."""
    licence: str = ""
    description: str = ""
    version: str = ""
    """For companions: which one `url` gives, where the file itself does not say."""
    url: str = ""
    """For companions: where it is published, with a hole `{version}`; empty where nobody publishes this form."""
    prefix: str = "MP:"
    """For ontologies: how the ids of their own terms begin."""
    beside: dict[str, str] = {}
    """For companions: further files that this one is read with, and their addresses."""
    kept_where: str = ""
    """For companions: the rows worth keeping, as an SQL condition over our columns."""
    computed: dict[str, str] = {}
    """For companions: our columns as SQL over the file's, where the file says things otherwise."""
    least_score: float = 0
    """For interactions: pairs below it are left out."""
    alternatives: list[dict[str, Any]] = []
    """For companions: other files it may come as, each with what differs; the first that is there is taken."""

    @field_validator("alternatives")
    @classmethod
    def _known_fields(cls, alternatives: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for each in alternatives:
            if unknown := each.keys() - (cls.model_fields.keys() - {"alternatives", "eras"}):
                raise ValueError(f"unknown {', '.join(sorted(unknown))}")
            cls.model_validate(each)
        return alternatives

    @property
    def forms(self) -> list["SourceFile"]:
        """The ways this companion may come, the preferred one first."""
        own = self.model_copy(update={"alternatives": []})
        # What describes one file says nothing of another.
        bare = own.model_copy(update={name: type(self).model_fields[name].default for name in FORM_FIELDS})
        return [own, *(bare.model_copy(update=each) for each in self.alternatives)]

    def form_at(self, path: str) -> "SourceFile":
        """Return the form of a landed file, compressed or not."""
        return next(form for form in self.forms if path.removesuffix(".gz") == form.path.removesuffix(".gz"))

    def path_at(self, release: str) -> str | None:
        """Return the path below the folder of `release`, None before the first era and where the file has ended."""
        past = [era for era in self.eras if release_key(era.since) <= release_key(release)]
        return past[-1].path if past else None

    def tables(self, name: str) -> dict[str, "SourceFile"]:
        """Return the raw tables this source, called `name`, becomes."""
        return {section.name: section.source() for section in self.sections} or {name: self}

    def first_tables(self, name: str) -> dict[str, "SourceFile"]:
        """Return those of its tables whose heading has to be the first line of the file."""
        return {section.name: section.source() for section in self.sections if section.is_required} or (
            {} if self.sections else {name: self}
        )

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
    checksums: list[Era] = []
    """Where a release publishes the md5 sums of its files; an empty path: nowhere."""
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
    """Return the URL or `file:FOLDER` of the companion files, or `upstream`; None where nothing says."""
    given = settings().companions or mirror().companions
    if given is None or given == UPSTREAM or given.startswith(("http://", "https://")):
        return given and given.rstrip("/")
    return f"file:{Path(given.removeprefix('file:')).resolve()}"


def release_key(release: str) -> tuple[int, int]:
    """Return a key that sorts releases by number.

    >>> sorted(["10.0", "9.2", "04.2"], key=release_key)
    ['04.2', '9.2', '10.0']

    Raises:
        ReleaseNameError: with how a release is written.
    """
    match = re.fullmatch(r"([0-9]+)\.([0-9]+)", release)
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
