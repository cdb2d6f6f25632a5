"""The consortium: genes, the lines made of them, what each line's loss truly changes, and who measured what."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from muster.simulator.chance import stream
from muster.simulator.genes import draw_genes, modules
from muster.simulator.sizes import Size
from muster.simulator.vocabulary import centres, offers, traits

PENETRANCE = 0.72
"""Chance that the loss of a module's gene moves a trait of the module."""
SPORADIC = 0.006
"""Chance that a gene moves a trait that none of its modules has to do with."""
STRENGTH, UNEVENNESS = 1.9, 0.4
"""Standard deviations of wild-type mice by which a full effect moves a trait, and how much that varies."""
ONE_SEX_ONLY, SECOND_LINE, HALF_DOSE = 0.08, 0.06, 0.6
PROCEDURE_DONE, EDITED = 0.93, 0.45
REFERENCE_CENTRES = 3
"""Centres that breed each reference line."""


@dataclass(frozen=True)
class Consortium:
    """Everything that is true, before anybody measures or publishes."""

    size: Size
    seed: int
    genes: pd.DataFrame
    lines: pd.DataFrame
    """One row per line: gene, allele, zygosity, centre, colony, stage of its first release, mice.

    A reference line stands here once for each centre that breeds it.
    """
    effects: np.ndarray
    """Line x trait x sex (female, male): shift in wild-type standard deviations."""
    is_measured: np.ndarray
    """Line x trait: did the line's centre measure it on this line."""


def found(size: Size, seed: int) -> Consortium:
    """Return the consortium of this size and seed."""
    genes = draw_genes(size, seed)
    lines = _draw_lines(genes, size, seed)
    return Consortium(size, seed, genes, lines, _effects(genes, lines, size, seed), _measured(lines, seed))


def _draw_lines(genes: pd.DataFrame, size: Size, seed: int) -> pd.DataFrame:
    """Phenotyping order is chance: neither fame nor function decides which gene comes next."""
    chance = stream(seed, "lines")
    order = chance.permutation(len(genes))[: size.tested[-1]]
    stage = np.searchsorted(size.tested, np.arange(len(order)), side="right")
    again = chance.random(len(order)) < SECOND_LINE
    gene = np.concatenate([order, order[again]])
    later = np.minimum(stage[again] + chance.integers(0, 2, again.sum()), len(size.tested) - 1)
    lines = pd.DataFrame({"gene": gene, "stage": np.concatenate([stage, later])})
    share = centres()["share"].to_numpy()
    lines["centre_index"] = chance.choice(len(share), size=len(lines), p=share / share.sum())
    lines = lines.drop_duplicates(["gene", "centre_index"]).sort_values("stage", kind="stable", ignore_index=True)
    lines = _described(_with_references(lines, genes, size), genes, chance)
    return lines.assign(is_measured=_spread(lines["is_reference"].to_numpy(), size.measured_lines))


def _with_references(lines: pd.DataFrame, genes: pd.DataFrame, size: Size) -> pd.DataFrame:
    """Turn the earliest second lines into those that other centres breed of the reference genes."""
    again = np.flatnonzero(lines["gene"].duplicated())
    chosen = _reference_lines(lines.drop(index=lines.index[again]), genes, size)
    gene, home = lines["gene"].to_numpy().copy(), lines["centre_index"].to_numpy().copy()
    is_reference = lines.index.isin(chosen)
    others = REFERENCE_CENTRES - 1
    for number, first in enumerate(chosen):
        places = again[number * others : (number + 1) * others]
        # Each gene leads to the next two centres, so that a few genes join all of them.
        circle = (np.arange(len(centres())) + number * others) % len(centres())
        home[places] = circle[circle != home[first]][: len(places)]
        gene[places], is_reference[places] = gene[first], True
    return lines.assign(gene=gene, centre_index=home, is_reference=is_reference)


def _reference_lines(firsts: pd.DataFrame, genes: pd.DataFrame, size: Size) -> list[int]:
    """Return the lines of the first stage whose loss is lived with and moves most, one of each module."""
    moved = (plan(size) != 0).sum(axis=1)[genes["module"].to_numpy()]
    is_fit = (genes["outcome"] == "viable") & ~genes["is_x_linked"]
    listed = firsts.assign(module=genes["module"].to_numpy()[firsts["gene"]], moved=moved[firsts["gene"]])
    listed = listed[is_fit.to_numpy()[firsts["gene"]] & (listed["stage"] == 0)]
    ranked = listed.sort_values("moved", ascending=False, kind="stable").drop_duplicates("module")
    return [int(line) for line in ranked.index[: size.reference_genes]]


def _spread(is_reference: np.ndarray, wanted: int) -> np.ndarray:
    """Mark `wanted` places: the reference lines, and others evenly."""
    marks = is_reference.copy()
    others = np.flatnonzero(~is_reference)
    marks[others[np.linspace(0, len(others) - 1, wanted - is_reference.sum()).astype(int)]] = True
    return marks


def _described(lines: pd.DataFrame, genes: pd.DataFrame, chance: np.random.Generator) -> pd.DataFrame:
    of_gene = genes.iloc[lines["gene"]].reset_index(drop=True)
    of_centre = centres().iloc[lines["centre_index"]].reset_index(drop=True)
    number = np.arange(len(lines))
    is_het = (of_gene["outcome"] != "viable").to_numpy()
    is_hemizygous = of_gene["is_x_linked"].to_numpy() & ~is_het
    kind = np.where(chance.random(len(lines)) < EDITED, "em1(IMPC)", "tm1b(KOMP)")
    counts = chance.integers(6, 10, (2, len(lines)))
    described = lines.assign(
        gene_id=of_gene["gene_id"],
        symbol=of_gene["symbol"],
        centre=of_centre["centre"],
        allele_id=[f"MGI:{9_500_000 + n}" for n in number],
        allele_symbol=of_gene["symbol"] + "<" + kind + of_centre["lab_code"] + ">",
        allele_name=np.where(kind == "em1(IMPC)", "endonuclease-mediated mutation 1, ", "targeted mutation 1b, ")
        + of_centre["centre"],
        zygosity=np.select([is_het, is_hemizygous], ["heterozygote", "hemizygote"], "homozygote"),
        colony_id=of_centre["lab_code"] + pd.Series([f"{7000 + n}" for n in number]),
        outcome=of_gene["outcome"],
        female_count=np.where(is_hemizygous, 0, counts[0]),
        male_count=counts[1],
    )
    # A reference line is one allele, wherever it is bred.
    alleles = ["allele_id", "allele_symbol", "allele_name"]
    made = described[described["is_reference"]].groupby("gene")[alleles].transform("first")
    described.loc[made.index, alleles] = made
    return described


def _effects(genes: pd.DataFrame, lines: pd.DataFrame, size: Size, seed: int) -> np.ndarray:
    chance = stream(seed, "effects")
    by_module = plan(size)
    shape = (len(genes), len(traits()))
    driven = np.zeros(shape)
    for membership in ("module", "second_module"):
        happens = chance.random(shape) < PENETRANCE
        strength = STRENGTH * np.maximum(chance.normal(1, UNEVENNESS, shape), 0.2)
        driven += by_module[genes[membership].to_numpy()] * happens * strength
    sporadic = (chance.random(shape) < SPORADIC) * chance.choice([-1, 1], shape) * STRENGTH
    total = driven + np.where(driven == 0, sporadic, 0)
    sexes = np.stack([total, total], axis=2)
    spared = np.where(chance.random(shape) < ONE_SEX_ONLY, chance.integers(0, 2, shape), 2)
    sexes[..., 0][spared == 0] = 0
    sexes[..., 1][spared == 1] = 0
    dose = np.where(lines["zygosity"] == "heterozygote", HALF_DOSE, 1.0)
    has_term = (traits()["abnormal"] != "").to_numpy()
    effects: np.ndarray = sexes[lines["gene"]] * dose[:, None, None] * has_term[:, None]
    return effects


def plan(size: Size) -> np.ndarray:
    """Return module x trait effects; the last row, which -1 finds, is no module."""
    column = {trait: number for number, trait in enumerate(traits()["trait"])}
    table = modules(size)
    effects = np.zeros((len(table) + 1, len(column)))
    for module, text in zip(table["module"], table["traits"], strict=True):
        for trait, effect in (entry.split(":") for entry in text.split()):
            effects[module, column[trait]] = float(effect)
    return effects


def _measured(lines: pd.DataFrame, seed: int) -> np.ndarray:
    """A procedure is done on a line whole or not at all."""
    chance = stream(seed, "measured")
    procedures = sorted(set(offers()["procedure_id"]))
    done = chance.random((len(lines), len(procedures))) < PROCEDURE_DONE
    by_centre = -np.ones((len(centres()), len(traits())), dtype=int)
    place = offers()["procedure_id"].map({name: number for number, name in enumerate(procedures)})
    by_centre[offers()["centre_index"], offers()["trait_index"]] = place
    procedure = by_centre[lines["centre_index"]]
    measured: np.ndarray = (procedure >= 0) & np.take_along_axis(done, np.maximum(procedure, 0), axis=1)
    return measured
