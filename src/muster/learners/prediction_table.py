"""The predictions of a finished gene_phenotype model as tables of genes x terms."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

UNTESTED = "untested"
CHANCE = 0.5
NAMES = ["gene_id", "mp_term_id", "status"]


@dataclass(frozen=True)
class PredictionTable:
    """Rows are genes in the order of their ids, columns are terms in the order of `terms`."""

    gene_ids: list[str]
    terms: pd.DataFrame
    """terms.parquet, by mp_term_id"""
    probability: NDArray[np.float32]
    rank: NDArray[np.int32]
    """1 for the untested gene with the highest score of a term; 0 for tested genes"""
    is_untested: NDArray[np.bool_]

    @property
    def is_predictable(self) -> NDArray[np.bool_]:
        """By term: the interval of its held-out AUROC lies above one half."""
        above: NDArray[np.bool_] = (self.terms["auroc_low"] > CHANCE).to_numpy(np.bool_)
        return above


def read_predictions(folder: Path) -> PredictionTable:
    """Return the predictions of a model folder."""
    columns = [*NAMES, "probability", "rank"]
    read = pq.read_table(folder / "predictions.parquet", columns=columns, read_dictionary=NAMES)
    table = read.unify_dictionaries().combine_chunks()
    terms = pd.read_parquet(folder / "terms.parquet").sort_values("mp_term_id", ignore_index=True)
    gene_ids = sorted(_one(table["gene_id"]).dictionary.to_pylist())
    gene, term = _places(table["gene_id"], gene_ids), _places(table["mp_term_id"], terms["mp_term_id"].to_list())
    shape = (len(gene_ids), len(terms))
    found = PredictionTable(
        gene_ids, terms, np.full(shape, np.nan, np.float32), np.zeros(shape, np.int32), np.zeros(shape, np.bool_)
    )
    found.probability[gene, term] = table["probability"].to_numpy()
    found.rank[gene, term] = pc.fill_null(table["rank"], 0).to_numpy()
    found.is_untested[gene, term] = _places(table["status"], [UNTESTED]) == 0
    return found


def _one(column: pa.ChunkedArray) -> pa.DictionaryArray:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _places(column: pa.ChunkedArray, known: list[str]) -> NDArray[np.int64]:
    """Return where each value stands in the list, -1 where it does not."""
    encoded = _one(column)
    places = pc.fill_null(pc.index_in(encoded.dictionary, value_set=pa.array(known, encoded.dictionary.type)), -1)
    found: NDArray[np.int64] = places.to_numpy().astype(np.int64)[encoded.indices.to_numpy()]
    return found
