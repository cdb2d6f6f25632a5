"""The Parquet files behind the feature views: one file a view and release, the same bytes for the same marts."""

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from muster import lake
from muster.graph.embedding import embed
from muster.graph.knowledge import KnowledgeGraph, read_graph
from muster.graph.profile import phenotype_profiles
from muster.graph.summary import summarise
from muster.learners.features import release_moment
from muster.learners.labels import families, family_fold, phenotype_labels, viability_labels
from muster.settings import settings
from muster.specs import Split

logger = logging.getLogger(__name__)

#: Directions of the embedding every model reads, and of the finer rest.
LEADING, DIMENSIONS = 16, 64


def write_views(release: str, split: Split) -> dict[str, str]:
    """Write every view of a release; return the sha256 of each file."""
    graph = read_graph(release)
    return {view: _write(view, release, graph.gene_ids, columns) for view, columns in _views(release, graph, split)}


def term_ids_path(release: str) -> Path:
    """Return the file that names the places of the `labels` vector."""
    return settings().features / "gene_labels" / f"{release}.terms.json"


def _views(release: str, graph: KnowledgeGraph, split: Split) -> Iterator[tuple[str, dict[str, pa.Array]]]:
    yield "gene_summary", _columns(summarise(release, graph))
    leading, fine = np.hsplit(embed(graph, DIMENSIONS), [LEADING])
    yield (
        "gene_embedding",
        {"embedding": _vectors(leading, pa.float32()), "fine_embedding": _vectors(fine, pa.float32())},
    )
    profiles, is_measured = phenotype_profiles(release, graph.gene_ids)
    yield "phenotype_profile", {"profile": _vectors(profiles, pa.float32()), "is_measured": pa.array(is_measured)}
    labels = phenotype_labels(release, graph.gene_ids)
    lake.write_json(term_ids_path(release), labels.term_ids)
    folds = [family_fold(str(family), folds=split.folds, seed=split.seed) for family in families(release)]
    yield (
        "gene_labels",
        {
            "labels": _vectors(labels.states, pa.int32()),
            "weights": _vectors(labels.weights, pa.float32()),
            "viability": pa.array(viability_labels(release, graph.gene_ids), pa.int32()),
            "fold": pa.array(folds, pa.int32()),
        },
    )


def _columns(frame: pd.DataFrame) -> dict[str, pa.Array]:
    return {str(name): pa.array(frame[name], pa.float32(), from_pandas=True) for name in frame.columns}


def _vectors(matrix: NDArray[np.generic], kind: pa.DataType) -> pa.Array:
    ends = np.arange(len(matrix) + 1, dtype=np.int32) * matrix.shape[1]
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(matrix.ravel()).cast(kind))


def _write(view: str, release: str, gene_ids: list[str], columns: dict[str, pa.Array]) -> str:
    """Write one view whole or not at all, dated with the release."""
    path = settings().features / view / f"{release}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    table = pa.table({"gene_id": pa.array(gene_ids), **columns})
    # DuckDB writes microseconds; Feast's DuckDB store cannot cast the nanoseconds pandas would write.
    query = (
        f"select gene_id, '{release_moment(release).isoformat()}'::timestamptz as event_timestamp, * exclude (gene_id)"
    )
    with duckdb.connect() as connection:
        connection.register("features", table)
        connection.execute(f"copy ({query} from features) to '{draft}' (format parquet, compression zstd)")
    draft.replace(path)
    logger.info("features %s/%s: %d genes, %d bytes", view, release, len(gene_ids), path.stat().st_size)
    return hashlib.sha256(path.read_bytes()).hexdigest()
