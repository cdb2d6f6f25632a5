"""The reports on what else was seen of the lines: fertility, expression of the reporter, essentiality."""

import numpy as np
import pandas as pd

from muster.simulator.chance import identifier, stream
from muster.simulator.headers import header
from muster.simulator.vocabulary import rows
from muster.simulator.writing import Row

INFERTILE = {"female": 0.03, "male": 0.05}
NOTE = "* includes conflicting data. Conflicting data are genes that appear in more than one fertility category."
STAINED_SHARE, STAINED_MICE = 0.08, 2
ANATOMY = (
    "Adrenal gland",
    "Brain",
    "Cartilage tissue",
    "Heart",
    "Kidney",
    "Liver",
    "Lung",
    "Spleen",
    "Testis",
    "Thymus",
)
STAINING = {"no expression": 0.6, "expression": 0.3, "ambiguous": 0.05, "": 0.05}
BINS = {"lethal": ("CL", "DL"), "subviable": ("SV", "SV"), "viable": ("VP", "VN")}
"""Cellular or developmental lethal, subviable, viable with a phenotype or none."""


def fertility(calls: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return one row per line that lives to breed and sex, in the order of the genes' symbols."""
    bred = calls[calls["call"] != "lethal"]
    parts = []
    for sex, share in INFERTILE.items():
        dice = stream(seed, "fertility", sex).random(int(calls["line"].max()) + 1)[bred["line"]]
        parts.append(bred.assign(sex=sex, phenotype=np.where(dice < share, "Infertile", "Fertile")))
    frame = pd.concat(parts).sort_values(["symbol", "allele_symbol", "strain", "centre"], kind="stable")
    kinds = frame.groupby(["symbol", "sex"])["phenotype"].transform("nunique")
    conflicting = set(frame.loc[kinds > 1, "symbol"])
    return frame.assign(is_conflicting=frame["symbol"].isin(conflicting))


def fertility_summary(lines: pd.DataFrame, *, is_old: bool) -> list[Row]:
    """Return the genes by fertility of the sexes, every symbol in a cell of its own; the old report joins them."""
    genes = {
        (sex, kind): set(lines.loc[(lines["sex"] == sex) & (lines["phenotype"] == kind), "symbol"])
        for sex in INFERTILE
        for kind in ("Fertile", "Infertile")
    }
    body: list[Row] = []
    for who, sexes in (("Both", ("female", "male")), ("Females", ("female",)), ("Males", ("male",))):
        for kind in ("Fertile", "Infertile"):
            found = sorted(set.intersection(*(genes[sex, kind] for sex in sexes)))
            listed = [";".join(found) if kind == "Infertile" else ""] if is_old else found
            counts = [len(found), len(found)] if is_old else [len(found)]
            body.append([f"{who} {kind.lower()}", *counts, *listed])
    return [header(f"fertility_summary{'_old' * is_old}"), *body]


def fertility_conflicts(lines: pd.DataFrame) -> list[Row]:
    """Return the genes with fertile and infertile lines, by sex, without a heading."""
    body: list[Row] = []
    for sex in INFERTILE:
        kinds = lines[lines["sex"] == sex].groupby("symbol")["phenotype"].nunique()
        found = sorted(kinds[kinds > 1].index)
        body.append([f"Conflicting {sex}s", len(found), *found])
    return body


def fertility_lines(lines: pd.DataFrame) -> list[Row]:
    """Return fertility by line and sex; the last cell is left out where there is nothing to remark."""
    body: list[Row] = [
        [
            *(row.symbol, row.gene_id, row.allele_symbol, row.allele_id, row.strain, row.strain_id),
            *(row.colony_id, row.centre, row.zygosity, row.sex, row.phenotype),
            *(["Conflicting Data"] if row.is_conflicting else []),
        ]
        for row in rows(lines)
    ]
    return [header("fertility_lines"), *body]


def lacz_expression(calls: pd.DataFrame, seed: int, *, is_old: bool) -> list[Row]:
    """Return stained mice, one column an anatomy; the columns follow from what was stained."""
    dice = stream(seed, "stained").random(int(calls["line"].max()) + 1)[calls["line"]]
    stained = calls[(dice < STAINED_SHARE) & calls["allele_symbol"].str.contains("tm1b")]
    links = ["LacZ Images Wholemount", "LacZ Images Section"]
    body: list[Row] = []
    for row in rows(stained):
        seen = stream(seed, "staining", row.colony_id).choice(
            list(STAINING), size=(STAINED_MICE, len(ANATOMY)), p=list(STAINING.values())
        )
        for mouse, cells in enumerate(seen):
            sample, sex = identifier("stained", row.colony_id, mouse)[:12], ("female", "male")[mouse % 2]
            who = [row.symbol, row.gene_id, row.allele_symbol]
            who += [] if is_old else [row.allele_id, row.strain, row.strain_id]
            body.append([*who, row.colony_id, sample, "heterozygote", sex, row.centre, *cells, "", ""])
    return [[*header(f"lacz_expression{'_old' * is_old}"), *ANATOMY, *links], *body]


def fusil(results: pd.DataFrame, calls: pd.DataFrame) -> list[Row]:
    """Return the bin of each gene with a viability call: its gravest line, and what its cells or phenotypes add."""
    has_call = set(results.loc[results["is_significant"] & ~results["is_supplied"], "gene_id"])
    body: list[Row] = []
    for (symbol, gene_id), group in calls.groupby(["symbol", "gene_id"]):
        gravest = next(call for call in BINS if call in set(group["call"]))
        grave, mild = BINS[gravest]
        is_grave = group["is_cellular"].iloc[0] if gravest == "lethal" else gene_id in has_call
        body.append([symbol, gene_id, grave if is_grave else mild])
    return [header("fusil"), *body]
