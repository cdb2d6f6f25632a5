"""Viability: what was held out for tested genes, and what the booster says live for all others."""

import logging
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import xgboost
from feast import FeatureStore

from muster import registry
from muster.answers.errors import NoFeaturesError
from muster.answers.names import Names
from muster.learners.features import online_path, open_store
from muster.learners.viability import FeaturesDifferError, predict_with, read_model

logger = logging.getLogger(__name__)

OUTCOMES = ("lethal", "subviable", "viable")
SERVICE = "serving"


class OnlineFeatures:
    """The online store of one release; opened once, and again when it was filled anew."""

    def __init__(self, release: str) -> None:
        self.release = release
        # Feast's connection is used by one thread at a time.
        self._lock = threading.Lock()
        self._opened: tuple[int, FeatureStore] | None = None

    def read(self, gene_ids: list[str]) -> dict[str, list[Any]]:
        """Return a column a feature, and one a feature and `__ts` with its time; all empty for an unknown gene.

        Raises:
            NoFeaturesError: with the command that makes the store.
        """
        path = online_path(self.release)
        remedy = f"run `muster materialize {self.release}`"
        if not path.exists():
            raise NoFeaturesError(f"release {self.release} has no online features: {remedy}")
        try:
            with self._lock:
                store = self._store(path)
                asked = [{"gene_id": gene_id} for gene_id in gene_ids]
                answer = store.get_online_features(store.get_feature_service(SERVICE), asked)
        except Exception as error:
            # Whatever a store of whatever kind raises: the askers are told, the log has the rest.
            logger.exception("cannot read %s", path)
            raise NoFeaturesError(f"the online features of {self.release} cannot be read: {remedy}") from error
        columns: dict[str, list[Any]] = answer.to_dict(include_event_timestamps=True)
        return columns

    def _store(self, path: Path) -> FeatureStore:
        filled = path.stat().st_ino
        if self._opened is None or self._opened[0] != filled:
            self._opened = (filled, open_store(path))
        return self._opened[1]


@dataclass(frozen=True)
class Viability:
    """The predictions of a model folder, its booster, and the features of its release."""

    genes: Names
    rows: list[dict[str, Any]]
    booster: xgboost.Booster
    trained_on: list[str]
    features: OnlineFeatures

    def of_genes(self, asked: list[tuple[int | None, str]]) -> list[dict[str, Any]]:
        """Return outcome and probabilities of each (place or None, accession); none for a gene without features.

        Raises:
            NoFeaturesError: with the command that makes the online store.
        """
        rows = {gene: self.rows[place] for place, gene in asked if place is not None}
        held_out = {gene: _held_out(row) for gene, row in rows.items() if row["is_held_out"]}
        live = self._live([gene for _, gene in asked if gene not in held_out])
        return [held_out.get(gene) or live[gene] for _, gene in asked]

    def _live(self, gene_ids: list[str]) -> dict[str, dict[str, Any]]:
        answers: dict[str, dict[str, Any]] = {
            gene: {"outcome": None, "probabilities": None, "is_held_out": False} for gene in gene_ids
        }
        if not answers:
            return answers
        columns = self.features.read(list(answers))
        moments = pd.DataFrame({name: columns.pop(name) for name in list(columns) if name.endswith("__ts")}).max(axis=1)
        table = pd.DataFrame(columns)
        is_known = table.drop(columns="gene_id").notna().any(axis=1)
        for row, moment in zip(self._predicted(table[is_known]), moments[is_known], strict=True):
            answers[row["gene_id"]] |= {
                "probabilities": {outcome: row[outcome] for outcome in OUTCOMES},
                "features_as_of": datetime.fromtimestamp(moment, UTC).date().isoformat(),
            }
        return answers

    def _predicted(self, table: pd.DataFrame) -> list[dict[str, Any]]:
        if table.empty:
            return []
        try:
            predicted = predict_with(self.booster, self.trained_on, table)
        except FeaturesDifferError as error:
            raise NoFeaturesError(f"release {self.features.release}: {error}") from error
        return [{str(name): value for name, value in row.items()} for row in predicted.to_dict("records")]


def _held_out(row: dict[str, Any]) -> dict[str, Any]:
    probabilities = {outcome: row[outcome] for outcome in OUTCOMES}
    return {"outcome": row["outcome"], "probabilities": probabilities, "is_held_out": True}


def read(folder: Path) -> Viability:
    """Read a model folder and open the online store of its release, if it is there."""
    rows = sorted(pq.read_table(folder / "predictions.parquet").to_pylist(), key=lambda row: row["gene_id"])
    booster, trained_on = read_model(folder)
    genes = Names([row["gene_id"] for row in rows], [row["symbol"] for row in rows])
    viability = Viability(genes, rows, booster, trained_on, OnlineFeatures(registry.manifest(folder)["release"]))
    # Feast and the booster take a second for their first answer: not while somebody waits.
    with suppress(NoFeaturesError):
        viability.of_genes([(None, rows[0]["gene_id"])])
    return viability
