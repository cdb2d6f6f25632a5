"""Where things are and what the environment says: the only reader of the environment."""

import hashlib
import os
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]

#: Every tool's telemetry is off, in this process and in every process we start.
TELEMETRY_OFF = {
    "AIRFLOW__COSMOS__ENABLE_TELEMETRY": "False",
    "BENTOML_DO_NOT_TRACK": "true",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "true",
    "GX_ANALYTICS_ENABLED": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "SCARF_NO_ANALYTICS": "true",
}


class Settings(BaseSettings):
    """What a user may set with `MUSTER_<NAME>`; command line options write here too."""

    model_config = SettingsConfigDict(env_prefix="MUSTER_", extra="ignore", frozen=True, validate_default=True)

    mirror: str = "demo"
    """A name from `sources.yml`, a URL, `file:FOLDER`, or NAME=URL (a name of your own for the workspace)."""
    companions: str | None = None
    """A URL or folder with the companion files; default: what `sources.yml` says for the mirror."""
    data: Path = Path(".muster")
    """The folder that holds every workspace."""
    memory: str = "4GB"
    """What DuckDB may take before it spills to disk."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    token: SecretStr | None = None
    host: str = "127.0.0.1"
    portal_host: str = "127.0.0.1"
    service_port: int = 3000
    portal_port: int = 3001
    airflow_port: int = 8080

    @field_validator("mirror")
    @classmethod
    def _absolute_mirror(cls, place: str) -> str:
        """Make a folder absolute where we are called: tools that we start work in folders of their own."""
        return _absolute(place) if place.startswith("file:") else place

    @field_validator("companions")
    @classmethod
    def _absolute_companions(cls, place: str | None) -> str | None:
        return place if place is None or place.startswith(("http://", "https://")) else _absolute(place)

    @field_validator("data")
    @classmethod
    def _absolute_data(cls, place: Path) -> Path:
        return place.resolve()

    @property
    def root(self) -> Path:
        """The checkout: home of dbt/, expectations/, feature_repo/, models/, serving/ and sources.yml."""
        return ROOT

    @property
    def workspace(self) -> Path:
        """Everything made from one mirror; two mirrors never share a table.

        >>> Settings(mirror="impc", data=Path("/d")).workspace
        PosixPath('/d/impc')
        """
        return self.data / workspace_name(self.mirror)

    @property
    def landing(self) -> Path:
        return self.workspace / "landing"

    @property
    def lake(self) -> Path:
        return self.workspace / "lake"

    @property
    def features(self) -> Path:
        """Feature tables, the Feast registry and the online store."""
        return self.workspace / "features"

    @property
    def registry(self) -> Path:
        return self.workspace / "registry"

    @property
    def reports(self) -> Path:
        """One folder a release: checks, dbt docs, networks, comparison; the portal is built from it."""
        return self.workspace / "reports"

    @property
    def portal(self) -> Path:
        return self.workspace / "portal"

    def warehouse(self, release: str) -> Path:
        """The DuckDB file of one release."""
        return self.workspace / "warehouse" / f"{release}.duckdb"

    def release_reports(self, release: str) -> Path:
        return self.reports / release

    def subprocess_environment(self, **extra: str) -> dict[str, str]:
        """The environment for a tool we start: ours, these settings, no telemetry, and `extra`."""
        own = {
            "MUSTER_MIRROR": self.mirror,
            "MUSTER_DATA": str(self.data),
            "MUSTER_DEVICE": self.device,
            "MUSTER_MEMORY": self.memory,
            "BENTOML_HOME": str(self.workspace / "bentoml"),
        }
        if self.companions:
            own["MUSTER_COMPANIONS"] = self.companions
        return {**os.environ, **TELEMETRY_OFF, **own, **extra}


def workspace_name(mirror: str) -> str:
    """Return a folder name for a mirror: its name, or a readable slug that no other mirror has.

    >>> workspace_name("demo"), workspace_name("tiny=http://127.0.0.1:9999")
    ('demo', 'tiny')
    """
    name, equals, _ = mirror.partition("=")
    if equals or re.fullmatch(r"[a-z0-9_-]+", mirror):
        return name
    place = str(Path(mirror.removeprefix("file:")).resolve()) if mirror.startswith("file:") else mirror
    tail = re.sub(r"[^a-z0-9]+", "-", place.rstrip("/").rsplit("/", 1)[-1].lower()).strip("-")
    return f"{tail}-{hashlib.sha256(place.encode()).hexdigest()[:6]}"


def _absolute(place: str) -> str:
    return f"file:{Path(place.removeprefix('file:')).resolve()}"


@cache
def settings() -> Settings:
    """Return the settings of this process, read once."""
    os.environ.update(TELEMETRY_OFF)
    return Settings()


def configure(**options: str | Path | None) -> Settings:
    """Set options given on the command line (None = not given) and return the new settings."""
    for name, value in options.items():
        if value is not None:
            os.environ[f"MUSTER_{name.upper()}"] = str(value)
    settings.cache_clear()
    return settings()


@cache
def code_version() -> str:
    """Return the commit this code was run from (with `+` when files differ), or the package version.

    An image has no `.git`: its build says the commit in MUSTER_COMMIT.
    """
    if told := os.environ.get("MUSTER_COMMIT"):
        return told
    try:
        commit = _git("rev-parse", "--short=12", "HEAD")
        return f"{commit}+" if _git("status", "--porcelain", "--untracked-files=no") else commit
    except (OSError, subprocess.CalledProcessError):
        return "0.1.0"


def _git(*words: str) -> str:
    command = ["git", "-C", str(ROOT), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
