"""What the portal says about each term of a model: its next genes with all that was written about them, its plots."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from markupsafe import Markup

from muster import lake
from muster.portal.models import Version
from muster.portal.pages import rows_of
from muster.portal.plots import HeldOut, calibration, roc, separation

SHOWN, LISTED = 20, 200
"""Genes of a term on its page, and in its CSV."""
PATHS, NEAREST = 2, 3
"""Of a gene in the CSV: metapaths, each with its strongest path, and tested genes; explanations.parquet has more."""
TOLD = ("reasons", "groups", "paths", "nearest", "against")
HELD_OUT = ["mp_term_id", "status", "score", "probability"]
DARK = "Tdark"
SMALL = 0.05
"""Groups of columns that add less to the log odds are shown together."""


def listed(version: Version) -> pd.DataFrame:
    """Return the best untested genes of every term with what was written about them (JSON) and their IDG level."""
    predictions = pd.read_parquet(
        version.folder / "predictions.parquet", filters=[("status", "==", "untested"), ("rank", "<=", LISTED)]
    )
    explained = version.folder / "explanations.parquet"
    if explained.exists():
        predictions = predictions.merge(pd.read_parquet(explained), on=["gene_id", "mp_term_id"], how="left")
    for name in TOLD:
        if name not in predictions:
            predictions[name] = None
    predictions["target_level"] = predictions["gene_id"].map(target_levels(version.release))
    terms = pd.read_parquet(version.folder / "terms.parquet").set_index("mp_term_id")
    priors = terms["prevalence"] if "prevalence" in terms else terms["positives"] / terms["tested"]
    predictions["prior"] = predictions["mp_term_id"].map(priors)
    predictions["probability_over_prior"] = predictions["probability"] / predictions["prior"]
    return predictions.sort_values(["mp_term_id", "rank", "gene_id"], ignore_index=True)


def target_levels(release: str) -> dict[str, str]:
    """Return the IDG target level of each gene that has one; empty where the release does not say."""
    if release not in lake.releases() or not lake.has(release, "genes"):
        return {}
    genes = lake.read(release, "genes")
    if "target_level" not in genes.columns:
        return {}
    return dict(genes.filter("target_level is not null").project("gene_id, target_level").fetchall())


def candidates(genes: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return by term the rows that its page shows, with what was written about them as lists."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows_of(genes[genes["rank"] <= SHOWN]):
        told = {name: json.loads(row[name]) if row[name] else [] for name in TOLD}
        told["groups"] = _by_size(told["groups"])
        found.setdefault(row["mp_term_id"], []).append({**row, **told, "is_dark": row["target_level"] == DARK})
    return found


def _by_size(groups: dict[str, float] | list[Any]) -> list[tuple[str, float]]:
    """Return what raised and lowered a score, the largest first, the small ones together, the base last."""
    named = dict(groups)
    if not named:
        return []
    base = named.pop("base", 0.0)
    large = {name: value for name, value in named.items() if abs(value) >= SMALL}
    rest = sum(named.values()) - sum(large.values())
    return [*sorted(large.items(), key=lambda entry: (-abs(entry[1]), entry[0])), ("the rest", rest), ("base", base)]


def write_csvs(genes: pd.DataFrame, folder: Path) -> None:
    """Write for each term the CSV of its best untested genes: one row a gene, what was written about it in words."""
    table = genes[
        ["rank", "gene_id", "symbol", "target_level", "probability", "prior", "probability_over_prior"]
    ].copy()
    table[["probability", "prior"]] = table[["probability", "prior"]].round(4)
    table["probability_over_prior"] = table["probability_over_prior"].round(2)
    table["why"] = genes["reasons"].map(lambda text: "; ".join(_json(text)))
    table["paths"] = genes["paths"].map(lambda text: "; ".join(_strongest(_json(text))))
    table["nearest"] = genes["nearest"].map(lambda text: "; ".join(_near(entry) for entry in _json(text)[:NEAREST]))
    table["against"] = genes["against"].map(lambda text: "; ".join(_json(text)))
    folder.mkdir(parents=True, exist_ok=True)
    for term, rows in table.groupby(genes["mp_term_id"]):
        rows.to_csv(folder / f"{file_name(str(term))}.csv", index=False)


def file_name(term: str) -> str:
    """Return the name of a term's files: a colon is none in a file.

    >>> file_name("MP:0002111")
    'MP_0002111'
    """
    return term.replace(":", "_")


def _json(text: str | None) -> list[Any]:
    return list(json.loads(text)) if isinstance(text, str) and text else []


def _strongest(paths: list[dict[str, Any]]) -> list[str]:
    first = {path["metapath"]: path for path in reversed(paths)}
    kept = [path for path in paths if first[path["metapath"]] is path][:PATHS]
    return [f"{path['path']} (weight {path['weight']:.2g})" for path in kept]


def _near(entry: dict[str, Any]) -> str:
    return f"{entry['symbol']} ({entry['status']}, cosine {entry['cosine']})"


def held_out(version: Version) -> Iterator[tuple[str, HeldOut]]:
    """Yield each term with the tested genes' held-out answers; nothing where the model kept no scores."""
    path = version.folder / "predictions.parquet"
    if not set(HELD_OUT) <= set(pq.read_schema(path).names):
        return
    names = HELD_OUT[:2]
    tested = pq.read_table(path, columns=HELD_OUT, filters=[("status", "!=", "untested")], read_dictionary=names)
    table = tested.to_pandas().sort_values("mp_term_id", kind="stable")
    for term, rows in table.groupby("mp_term_id", observed=True):
        is_called = (rows["status"] == "called").to_numpy(np.bool_)
        numbers = [rows[name].to_numpy(np.float64) for name in HELD_OUT[2:]]
        yield str(term), HeldOut(is_called, *numbers)


def drawn(found: HeldOut) -> dict[str, Markup]:
    """Return the plots of a term by name."""
    return {"separation": separation(found), "roc": roc(found), "calibration": calibration(found)}
