"""The feature store as learners and the service read it: what was known at a release, or what answers live."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import pandas as pd
import yaml

from muster import lake
from muster.settings import settings

if TYPE_CHECKING:
    from feast import FeatureStore


class FeaturesError(RuntimeError):
    """The features of a release are not there."""


def store_places(online: Path) -> dict[str, str]:
    """Return the places that `feature_repo/feature_store.yaml` leaves open, as environment variables."""
    return {"MUSTER_FEATURES": str(settings().features), "MUSTER_ONLINE": str(online)}


def online_path(release: str) -> Path:
    """Return the online store of a release."""
    return settings().features / "online" / f"{release}.db"


def release_moment(release: str) -> datetime:
    """Return the release date, the timestamp of every feature of that release."""
    released_on = lake.manifest(release)["released_on"]
    if released_on is None:
        raise FeaturesError(
            f"release {release} has no date, so no feature can be dated: its README.md names none as (YYYY-MM-DD), nor "
            "does the companion release_history; add a row to that file, then ingest the release again"
        )
    return datetime.fromisoformat(str(released_on)).replace(tzinfo=UTC)


def open_store(online: Path) -> "FeatureStore":
    """Return the feature store with the file `online` as its online side (see `online_path`)."""
    # feast takes ten seconds to import; whoever only predicts or reads Parquet does not pay for it.
    from feast import FeatureStore, RepoConfig  # noqa: PLC0415

    # It tells at INFO every time it looks into its registry.
    logging.getLogger("feast").setLevel(logging.WARNING)
    folder = settings().root / "feature_repo"
    declared = Template((folder / "feature_store.yaml").read_text()).substitute(store_places(online))
    return FeatureStore(config=RepoConfig(**yaml.safe_load(declared), repo_path=folder))


def training_table(service: str, release: str) -> pd.DataFrame:
    """Return the features of a service as they were at `release`, one row a gene, sorted by gene_id."""
    gene_ids = _gene_ids(release)
    entities = pd.DataFrame({"gene_id": gene_ids, "event_timestamp": pd.Timestamp(release_moment(release))})
    store = open_store(online_path(release))
    found = store.get_historical_features(entities, store.get_feature_service(service)).to_df()
    # Feast does not keep the order of the entities.
    table: pd.DataFrame = found.set_index("gene_id").loc[gene_ids].reset_index()
    return table


def online_table(service: str, release: str, gene_ids: Sequence[str]) -> pd.DataFrame:
    """Return the features of a service from the online store, in the order asked; unknown genes have missing values."""
    if not online_path(release).exists():
        raise FeaturesError(f"release {release} has no online features: run `muster materialize {release}`")
    store = open_store(online_path(release))
    answer = store.get_online_features(store.get_feature_service(service), [{"gene_id": gene} for gene in gene_ids])
    table: pd.DataFrame = answer.to_df().loc[:, lambda frame: sorted(frame.columns)]
    return table


def _gene_ids(release: str) -> list[str]:
    path = settings().features / "gene_labels" / f"{release}.parquet"
    if not path.exists():
        raise FeaturesError(f"release {release} has no features: run `muster materialize {release}`")
    return [gene for (gene,) in lake.read(release, "genes", "gene_id").order("gene_id").fetchall()]
