"""Viability: what was held out for tested genes, and what the model says live for all others."""

import json
import logging
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
from feast import FeatureStore

from muster import registry
from muster.answers.errors import NoFeaturesError
from muster.answers.names import Names
from muster.learners.features import online_path, open_store
from muster.learners.viability_model import FeaturesDifferError, Model, read_model

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
    """The predictions of a model folder with their reasons, the model, and the features of its release."""

    genes: Names
    rows: list[dict[str, Any]]
    model: Model
    features: OnlineFeatures

    def of_genes(self, asked: list[tuple[int | None, str]]) -> list[dict[str, Any]]:
        """Return outcome and probabilities of each (place or None, accession); none for a gene without features.

        Raises:
            NoFeaturesError: with the command that makes the online store.
        """
        rows = {gene: self.rows[place] for place, gene in asked if place is not None}
        held_out = {gene: _held_out(row) for gene, row in rows.items() if row["is_held_out"]}
        live = self._live([gene for _, gene in asked if gene not in held_out])
        answers = {gene: held_out.get(gene) or live[gene] for _, gene in asked}
        return [{**answers[gene], "rule_era": self.model.rule_era, **_why(rows.get(gene))} for _, gene in asked]

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
            predicted = self.model.predict(table)
        except FeaturesDifferError as error:
            raise NoFeaturesError(f"release {self.features.release}: {error}") from error
        return [{str(name): value for name, value in row.items()} for row in predicted.to_dict("records")]


def _held_out(row: dict[str, Any]) -> dict[str, Any]:
    probabilities = {outcome: row[outcome] for outcome in OUTCOMES}
    return {"outcome": row["outcome"], "probabilities": probabilities, "is_held_out": True}


def _why(row: dict[str, Any] | None) -> dict[str, Any]:
    """Return the reasons of a gene, and its FUSIL bins, where the model wrote them down."""
    return {"reasons": json.loads((row or {}).get("reasons") or "[]"), "fusil": (row or {}).get("fusil")}


def read(folder: Path) -> Viability:
    """Read a model folder and open the online store of its release, if it is there."""
    rows = sorted(pq.read_table(folder / "predictions.parquet").to_pylist(), key=lambda row: row["gene_id"])
    reasons, bins = _reasons(folder), _bins(folder)
    rows = [{**row, "reasons": reasons.get(row["gene_id"]), "fusil": bins.get(row["gene_id"])} for row in rows]
    genes = Names([row["gene_id"] for row in rows], [row["symbol"] for row in rows])
    viability = Viability(genes, rows, read_model(folder), OnlineFeatures(registry.manifest(folder)["release"]))
    # Feast and the booster take a second for their first answer: not while somebody waits.
    with suppress(NoFeaturesError):
        viability.of_genes([(None, rows[0]["gene_id"])])
    return viability


def _reasons(folder: Path) -> dict[str, str]:
    """Return the reasons of each gene as JSON; none for a model of before there were any."""
    path = folder / "explanations.parquet"
    if not path.exists():
        return {}
    table = pq.read_table(path, columns=["gene_id", "reasons"]).to_pydict()
    return dict(zip(table["gene_id"], table["reasons"], strict=True))


def _bins(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the probability of each FUSIL bin by gene, and whether the bins were reported or derived."""
    path = folder / "fusil.parquet"
    if not path.exists():
        return {}
    rows = pq.read_table(path).to_pylist()
    notes = {"gene_id", "bin", "source", "is_held_out"}
    return {
        row["gene_id"]: {
            "bin": row["bin"],
            "source": row["source"],
            "probabilities": {name: value for name, value in row.items() if name not in notes},
        }
        for row in rows
    }
