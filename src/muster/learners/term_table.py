"""The terms that can be learned at a release, and the state of every gene for each."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from muster import lake
from muster.lake import SkippedError
from muster.learners.feature_files import term_ids_path
from muster.learners.hierarchy import ancestors_among
from muster.learners.labels import CALLED, TESTED

MEASURED = """
    with genes as (select gene_id, row_number() over (order by gene_id) - 1 as gene from read_parquet($genes))
    select gene, list_position($terms, mp_term_id) - 1 as term
    from read_parquet($calls) inner join genes using (gene_id)
    where tested_evidence = 'term' and list_contains($terms, mp_term_id)
"""


@dataclass(frozen=True)
class TermTable:
    """genes x terms, in the order of gene ids and term ids."""

    gene_ids: list[str]
    symbols: list[str]
    ids: list[str]
    names: list[str]
    states: NDArray[np.int8]
    weights: NDArray[np.float32]
    """1 called, power to have seen it where tested and not called, 0 untested: it never enters a loss or a metric."""
    is_measured: NDArray[np.bool_]
    """Where a parameter that can give the term was analysed (tested_evidence `term`), not only the gene phenotyped."""
    is_above: NDArray[np.bool_]
    """terms x terms: the column's term is an ancestor of the row's"""

    @property
    def keys(self) -> dict[str, int]:
        """Return one name a distinct set of labels and a term that has it: a term and its only child share a fit."""
        return {key: place for place, key in reversed(list(enumerate(self.key_of_term)))}

    @property
    def key_of_term(self) -> list[str]:
        """Return the name of each term's set of labels."""
        states, weights = (np.ascontiguousarray(table.T) for table in (self.states, self.weights))
        return [
            hashlib.sha256(labels.tobytes() + sure.tobytes()).hexdigest()[:16]
            for labels, sure in zip(states, weights, strict=True)
        ]


def read_terms(release: str, table: pd.DataFrame, *, fewest: int) -> TermTable:
    """Return the terms with at least `fewest` called and `fewest` tested, not called genes.

    Raises:
        SkippedError: if no term has.
    """
    term_ids = json.loads(term_ids_path(release).read_text())
    states, weights = (_stacked(table[column], len(term_ids)) for column in ("labels", "weights"))
    called, tested = (states == CALLED).sum(axis=0), (states == TESTED).sum(axis=0)
    chosen = np.flatnonzero((called >= fewest) & (tested >= fewest))
    if not len(chosen):
        most = int(called.max()) if len(term_ids) else 0
        raise SkippedError(
            f"release {release}: no term has {fewest} called and {fewest} tested genes; the most is {most}"
        )
    symbols = dict(lake.read(release, "genes", "gene_id, coalesce(symbol, gene_id)").fetchall())
    names = dict(lake.read(release, "terms", "mp_term_id, mp_term_name").fetchall())
    ids = [term_ids[place] for place in chosen]
    return TermTable(
        gene_ids=table["gene_id"].to_list(),
        symbols=[symbols[gene] for gene in table["gene_id"]],
        ids=ids,
        names=[names.get(term, term) for term in ids],
        states=states[:, chosen].astype(np.int8),
        weights=weights[:, chosen].astype(np.float32),
        is_measured=_is_measured(release, len(table), ids),
        is_above=ancestors_among(release, ids),
    )


def _stacked(vectors: pd.Series, count: int) -> NDArray[Any]:
    return np.stack(vectors.to_list()).reshape(len(vectors), count)


def _is_measured(release: str, gene_count: int, term_ids: list[str]) -> NDArray[np.bool_]:
    found = np.zeros((gene_count, len(term_ids)), np.bool_)
    folder = lake.build(release)
    places = {"calls": str(folder / "gene_phenotypes.parquet"), "genes": str(folder / "genes.parquet")}
    with duckdb.connect() as connection:
        cells = connection.execute(MEASURED, {**places, "terms": term_ids}).fetchnumpy()
    found[cells["gene"], cells["term"]] = True
    return found
