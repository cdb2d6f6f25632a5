"""Every prediction of a gene_phenotype model in memory: a dense gene x term table, sliced both ways."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from muster.answers.names import Names
from muster.answers.schema import Phenotype, ScoredGene, told

STATUSES = ("called", "tested", "untested")
UNSCORED = -1
EXPLAINED = ("reasons", "paths", "against")
NOTHING = ("[]",) * len(EXPLAINED)
COLUMNS = ["score", "probability", "rank", "status", "is_held_out"]
# Small batches and a pause after each: while a new champion is read, the old one answers in the same interpreter.
BATCH_ROWS = 16_384
PAUSE_SECONDS = 0.001


class ModelFilesError(RuntimeError):
    """The files of a model do not fit together."""


@dataclass(frozen=True)
class PhenotypeTable:
    """Rows are genes, columns are terms. 20,000 genes x 500 terms take 140 to 220 MB and no index."""

    genes: Names
    terms: Names
    score: NDArray[Any]
    probability: NDArray[Any]
    rank: NDArray[np.int32]
    status: NDArray[np.int8]
    is_held_out: NDArray[np.bool_]
    evaluations: dict[str, dict[str, Any]]
    explanations: dict[tuple[str, str], tuple[str, ...]]
    """gene and term -> JSON of each of EXPLAINED"""

    def of_gene(self, gene: int, wanted: str, limit: int) -> list[Phenotype]:
        """Return the terms of a gene, likeliest first: only calibrated probabilities compare between terms."""
        return [
            Phenotype(
                mp_term_id=self.terms.ids[term],
                mp_term_name=self.terms.labels[term],
                **self._cell(gene, term),
            )
            for term in _best(self.status[gene], wanted, limit, self.score[gene], self.probability[gene])
        ]

    def of_term(self, term: int, wanted: str, limit: int) -> list[ScoredGene]:
        """Return the genes of a term, likeliest first: by the score, as the ranks are; many share a probability."""
        return [
            ScoredGene(gene_id=self.genes.ids[gene], symbol=self.genes.labels[gene], **self._cell(gene, term))
            for gene in _best(self.status[:, term], wanted, limit, self.score[:, term])
        ]

    def _cell(self, gene: int, term: int) -> dict[str, Any]:
        rank = int(self.rank[gene, term])
        explained = self.explanations.get((self.genes.ids[gene], self.terms.ids[term]), NOTHING)
        reasons, paths, against = (json.loads(text) for text in explained)
        return {
            "status": STATUSES[self.status[gene, term]],
            "score": float(self.score[gene, term]),
            "probability": float(self.probability[gene, term]),
            "rank": rank if rank > 0 else None,
            "is_held_out": bool(self.is_held_out[gene, term]),
            "reasons": reasons,
            "paths": [path["path"] for path in paths],
            "against": against,
        }


def read(folder: Path) -> PhenotypeTable:
    """Read the predictions of a model folder, a batch at a time, into tables of their own precision."""
    file = pq.ParquetFile(folder / "predictions.parquet")
    genes = _names(file, "gene_id", "symbol")
    terms, evaluations = _terms(folder)
    schema, shape = file.schema_arrow, (len(genes.ids), len(terms.ids))
    table = {
        "score": np.full(shape, np.nan, schema.field("score").type.to_pandas_dtype()),
        "probability": np.full(shape, np.nan, schema.field("probability").type.to_pandas_dtype()),
        "rank": np.zeros(shape, np.int32),
        "status": np.full(shape, UNSCORED, np.int8),
        "is_held_out": np.zeros(shape, np.bool_),
    }
    gene_set, term_set = pa.array(genes.ids), pa.array(terms.ids)
    for batch in file.iter_batches(BATCH_ROWS, columns=["gene_id", "mp_term_id", *COLUMNS], use_threads=False):
        gene = _numbers(batch["gene_id"], gene_set)
        term = _numbers(batch["mp_term_id"], term_set)
        for name in COLUMNS:
            table[name][gene, term] = _values(name, batch[name])
        time.sleep(PAUSE_SECONDS)
    explanations = _explanations(folder / "explanations.parquet")
    return PhenotypeTable(genes=genes, terms=terms, evaluations=evaluations, explanations=explanations, **table)


def _best(status: NDArray[np.int8], wanted: str, limit: int, *by: NDArray[Any]) -> list[int]:
    """Return the places of the wanted status, highest first by the last of `by`; ties by the ones before it."""
    is_wanted = status != UNSCORED if wanted == "all" else status == STATUSES.index(wanted)
    places = np.flatnonzero(is_wanted)
    order = np.lexsort([-values[places] for values in by])[:limit]
    return [int(place) for place in places[order]]


def _names(file: pq.ParquetFile, key: str, label: str) -> Names:
    found: dict[str, str | None] = {}
    for batch in file.iter_batches(BATCH_ROWS, columns=[key, label], use_threads=False):
        distinct = pa.Table.from_batches([batch]).group_by([key, label], use_threads=False).aggregate([])
        found.update(zip(distinct[key].to_pylist(), distinct[label].to_pylist(), strict=True))
    ids = sorted(found)
    return Names(ids, [found[name] for name in ids])


def _terms(folder: Path) -> tuple[Names, dict[str, dict[str, Any]]]:
    rows = sorted(pq.read_table(folder / "terms.parquet").to_pylist(), key=lambda row: row["mp_term_id"])
    names = Names([row["mp_term_id"] for row in rows], [row["mp_term_name"] for row in rows])
    evaluations = {row.pop("mp_term_id"): {k: v for k, v in row.items() if k != "mp_term_name"} for row in rows}
    return names, told(evaluations)


def _numbers(names: pa.Array, known: pa.Array) -> NDArray[np.int32]:
    numbers = pc.index_in(names.cast(known.type), value_set=known)
    if numbers.null_count:
        stranger = names.filter(pc.is_null(numbers))[0]
        raise ModelFilesError(
            f"predictions.parquet has {stranger}, which is none of {known[:3].to_pylist()}...: train again"
        )
    return np.asarray(numbers, dtype=np.int32)


def _values(name: str, column: pa.Array) -> NDArray[Any]:
    if name == "status":
        return _numbers(column, pa.array(STATUSES))
    if name == "rank":
        return np.asarray(pc.fill_null(column.cast(pa.float64()), 0)).astype(np.int32)
    return np.asarray(column)


def _explanations(path: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    if not path.exists():
        return {}
    # Versions of earlier code have the reasons only.
    known = pq.read_schema(path).names
    columns = pq.read_table(path, columns=["gene_id", "mp_term_id", *(name for name in EXPLAINED if name in known)])
    genes, terms = (columns[name].to_pylist() for name in ("gene_id", "mp_term_id"))
    told = [columns[name].to_pylist() if name in known else ["[]"] * len(genes) for name in EXPLAINED]
    return {(gene, term): tuple(texts) for gene, term, *texts in zip(genes, terms, *told, strict=True)}
