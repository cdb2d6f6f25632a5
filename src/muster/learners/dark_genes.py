"""Untested genes about which next to nothing is known (IDG Tdark) and that a model nevertheless gives a phenotype."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from muster.learners.prediction_table import PredictionTable

DARK = "Tdark"
PER_TERM = 10
"""As many as `explanations.DARK` explains."""
COLUMNS = {
    "gene_id": str,
    "symbol": str,
    "target_level": str,
    "mp_term_id": str,
    "mp_term_name": str,
    "probability": float,
    "prior": float,
    "probability_over_prior": float,
    "rank": int,
    "auroc": float,
    "auroc_low": float,
    "auroc_high": float,
    "why": str,
    "path": str,
    "against": str,
}
#: Of these columns, those that come from the table of genes or from the explanations.
JOINED = {"symbol", "target_level", "why", "path", "against"}


def dark_genes(found: PredictionTable, genes: pd.DataFrame, explanations: pd.DataFrame) -> pd.DataFrame:
    """Return for each predictable term its best untested Tdark genes above the term's prior, the highest lift first.

    `genes` has symbol and target_level by gene_id. A term whose 95 % interval of the held-out AUROC does not lie above
    0.5 is left out: what it says about genes nobody knows could not be believed. The prior is the share of called
    among tested genes. `why` and `against` are JSON lists of sentences, `path` the strongest path.
    """
    levels = genes["target_level"].reindex(found.gene_ids).to_numpy()
    rows = [
        row
        for place in np.flatnonzero(found.is_predictable)
        for row in _of_term(found, int(place), np.flatnonzero((levels == DARK) & found.is_untested[:, place]))
    ]
    table = pd.DataFrame(rows, columns=[name for name in COLUMNS if name not in JOINED])
    table = table.merge(genes[["symbol", "target_level"]], left_on="gene_id", right_index=True, how="left")
    table = table.merge(_told(explanations), on=["gene_id", "mp_term_id"], how="left").fillna({"why": "[]"})
    table = table.fillna({"path": "", "against": "[]"}).astype(COLUMNS)[list(COLUMNS)]
    order = ["probability_over_prior", "mp_term_id", "rank"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def _of_term(found: PredictionTable, place: int, dark: np.ndarray) -> list[dict[str, Any]]:
    term = found.terms.iloc[place]
    best = dark[np.argsort(found.rank[dark, place], kind="stable")][:PER_TERM]
    return [
        {
            "gene_id": found.gene_ids[gene],
            "mp_term_id": term["mp_term_id"],
            "mp_term_name": term["mp_term_name"],
            "probability": float(found.probability[gene, place]),
            "prior": float(term["prevalence"]),
            "probability_over_prior": round(float(found.probability[gene, place] / term["prevalence"]), 3),
            "rank": int(found.rank[gene, place]),
            **{name: float(term[name]) for name in ("auroc", "auroc_low", "auroc_high")},
        }
        for gene in best
        if found.probability[gene, place] > term["prevalence"]
    ]


def _told(explanations: pd.DataFrame) -> pd.DataFrame:
    paths = [next((path["path"] for path in json.loads(text)), "") for text in explanations["paths"]]
    return explanations[["gene_id", "mp_term_id", "against"]].assign(why=explanations["reasons"], path=paths)


def write(target: Path, found: PredictionTable, genes: pd.DataFrame) -> None:
    """Write dark_genes.parquet beside the predictions."""
    columns = ["gene_id", "mp_term_id", "reasons", "paths", "against"]
    explanations = pd.read_parquet(target / "explanations.parquet", columns=columns)
    dark_genes(found, genes, explanations).to_parquet(target / "dark_genes.parquet", index=False, compression="zstd")
