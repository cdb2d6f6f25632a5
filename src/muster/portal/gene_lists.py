"""What the portal lists across terms: dark genes that light up, and which gene to test next."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from muster.portal.models import Version
from muster.portal.pages import rows_of

MOST = 100
"""Rows of a list on its page; its files have all."""
STUDY = {"interaction_degree": "number of interactions", "novelty": "novelty", "go_count": "number of GO terms"}


def dark_genes(version: Version) -> pd.DataFrame | None:
    """Return the dark genes of every predictable term; None for a model that has no such list."""
    return _table(version, "dark_genes")


def advice(version: Version) -> pd.DataFrame | None:
    """Return which genes to test next; None for a model that has no such list."""
    return _table(version, "advisor")


def _table(version: Version, name: str) -> pd.DataFrame | None:
    path = version.folder / f"{name}.parquet"
    return pd.read_parquet(path) if path.exists() else None


def dark_by_gene(dark: pd.DataFrame) -> list[dict[str, Any]]:
    """Return each dark gene once, with the term in which it stands out most and how many others it is listed for."""
    first = dark.drop_duplicates("gene_id").copy()
    first["others"] = first["gene_id"].map(dark["gene_id"].value_counts()) - 1
    return _told(first.head(MOST))


def dark_by_term(dark: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return the dark genes of each term, best rank first."""
    return {str(term): _told(rows.sort_values("rank")) for term, rows in dark.groupby("mp_term_id")}


def _told(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{**row, "why": json.loads(row["why"]), "against": json.loads(row["against"])} for row in rows_of(rows)]


def advisor_page(table: pd.DataFrame) -> dict[str, Any]:
    """Return what the page of the advisor shows: both orders, and how far each follows how much a gene is studied."""
    genes, lines = (table[table["kind"] == kind] for kind in ("gene", "line"))
    return {
        "corrected": rows_of(genes.sort_values("corrected_rank").head(MOST // 2)),
        "raw": rows_of(genes.sort_values("rank").head(MOST // 2)),
        "lines": rows_of(lines.sort_values(["corrected_rank", "rank"]).head(MOST // 2)),
        "bias": [
            (words, *(genes[score].corr(genes[name], method="spearman") for score in ("information", "corrected")))
            for name, words in STUDY.items()
        ],
        "gene_count": len(genes),
        "line_count": len(lines),
    }


def write_files(version: Version, name: str, table: pd.DataFrame, folder: Path) -> None:
    """Put a list into the site as CSV, lists of sentences in words, and as Parquet, as the version has it."""
    words = table.copy()
    for column in {"why", "against"} & set(words):
        words[column] = words[column].map(lambda text: "; ".join(json.loads(text)))
    folder.mkdir(parents=True, exist_ok=True)
    words.to_csv(folder / f"{name}.csv", index=False)
    (folder / f"{name}.parquet").write_bytes((version.folder / f"{name}.parquet").read_bytes())
