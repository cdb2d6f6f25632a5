"""What was known before any mouse was measured: interactions, annotations, expression; modules seen through noise."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from muster.simulator.chance import stream
from muster.simulator.headers import header

#: Share of a module's genes whose membership a source can see at all: no source knows everything.
VISIBLE = 0.65
OUTSIDERS = 0.25
"""Outsiders a gene set takes in for each member that belongs."""
ANNOTATED, UNSTAINED, NEEDED_BY_CELLS = 0.55, 0.2, 0.35
SMALLEST_GROUP = 2


@dataclass(frozen=True)
class Network:
    """How one interaction source sees the genes."""

    name: str
    mean_degree: float
    inside_share: float
    """Share of the edges that join genes of one module."""


STRING = Network("string", 11, 0.45)
BIOGRID = Network("biogrid", 16, 0.2)


def interactions(genes: pd.DataFrame, network: Network, seed: int) -> np.ndarray:
    """Return pairs of gene numbers, smaller first; hubs are the much-studied genes, whatever they do."""
    chance = stream(seed, "interactions", network.name)
    count = len(genes)
    wanted = int(count * network.mean_degree / 2)
    weight = genes["popularity"].to_numpy() ** 0.8
    visible = chance.random(count) < VISIBLE
    inside = int(wanted * network.inside_share)
    pairs = [_draw(np.arange(count), weight, wanted - inside, chance)]
    for members in groups(genes):
        seen = members[visible[members]]
        # Every module gets edges by its size, silent or not: degree tells nothing about phenotypes.
        pairs.append(_draw(seen, weight[seen], round(inside * len(members) / count), chance))
    ordered = np.sort(np.concatenate(pairs), axis=1)
    return np.unique(ordered[ordered[:, 0] != ordered[:, 1]], axis=0)


def _draw(members: np.ndarray, weight: np.ndarray, count: int, chance: np.random.Generator) -> np.ndarray:
    if len(members) < SMALLEST_GROUP:
        return np.empty((0, 2), dtype=int)
    return chance.choice(members, size=(count, 2), p=weight / weight.sum())


def groups(genes: pd.DataFrame) -> list[np.ndarray]:
    """Return the gene numbers of each module, second memberships included."""
    first, second = genes["module"].to_numpy(), genes["second_module"].to_numpy()
    return [np.flatnonzero((first == module) | (second == module)) for module in range(first.max() + 1)]


def annotations(genes: pd.DataFrame, source: str, sets_per_module: int, seed: int) -> list[np.ndarray]:
    """Return gene sets (GO terms, pathways): some trace a module with noise, as many mean nothing here."""
    chance = stream(seed, "annotations", source)
    count = len(genes)
    weight = genes["popularity"].to_numpy() ** 0.5
    visible = chance.random(count) < VISIBLE
    sets = []
    for members in groups(genes):
        seen = members[visible[members]]
        for _ in range(sets_per_module):
            inside = seen[chance.random(len(seen)) < ANNOTATED]
            outside = chance.choice(count, size=max(1, int(OUTSIDERS * len(inside))), p=weight / weight.sum())
            sets.append(np.unique(np.append(inside, outside)))
    for size in np.minimum(4 + chance.geometric(0.06, size=count // 10), count // 6):
        sets.append(np.unique(chance.choice(count, size=size, p=weight / weight.sum())))
    return [sets[number] for number in chance.permutation(len(sets))]


def protein_levels(genes: pd.DataFrame, seed: int) -> np.ndarray:
    """Return gene x tissue levels 0 to 3, NaN where not measured; modules have tissues they prefer."""
    chance = stream(seed, "protein_levels")
    tissues = len(header("protein_levels")) - 1
    latent = _latent(genes, 5, chance)
    signal = latent @ chance.normal(0, 0.55, (5, tissues)) + chance.normal(0, 0.9, (len(genes), tissues))
    levels = np.digitize(signal + chance.normal(0, 0.6, (len(genes), 1)), [-0.4, 0.5, 1.5]).astype(float)
    levels[chance.random(levels.shape) < UNSTAINED] = np.nan
    return levels


def embryo_expression(genes: pd.DataFrame, stages: int, seed: int) -> np.ndarray:
    """Return gene x stage TPM: early for genes the embryo cannot miss, rising or falling with the module."""
    chance = stream(seed, "embryo_expression")
    time = np.linspace(-1, 1, stages)
    trend = _latent(genes, 1, chance)[:, :1] * 0.5
    essential = (genes["outcome"] == "lethal").to_numpy()[:, None] * 0.5
    height = chance.normal(2.2, 1.3, (len(genes), 1)) + essential
    return np.round(np.exp(height + trend * time + chance.normal(0, 0.12, (len(genes), stages))), 1)


def constraint(genes: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return human constraint and cell essentiality: genes mice cannot live without, humans rarely lose."""
    chance = stream(seed, "constraint")
    count = len(genes)
    severity = genes["outcome"].map({"lethal": 1.0, "subviable": 0.5, "viable": 0.0}).to_numpy()
    upper = np.clip(0.95 * np.exp(-0.5 * severity + chance.normal(0, 0.42, count)), 0.05, 1.99)
    missense = np.clip(0.92 - 0.2 * severity + chance.normal(0, 0.15, count), 0.1, 1.6)
    selection = np.clip(np.exp(-4.2 + 1.0 * severity + chance.normal(0, 0.9, count)), 1e-4, 0.9)
    noise, is_needed = chance.normal(0, 0.14, count), (severity == 1) & (chance.random(count) < NEEDED_BY_CELLS)
    depmap = noise - 0.75 * is_needed
    factors = chance.normal(-4, 4, (2, count)) + 12 * is_needed
    return pd.DataFrame(
        {
            "loeuf": upper,
            "missense_oe": missense,
            "shet": selection,
            "depmap": depmap,
            "h1_mef_bf": factors[0],
            "h1_laminin_bf": factors[1],
        }
    )


def _latent(genes: pd.DataFrame, width: int, chance: np.random.Generator) -> np.ndarray:
    centres = chance.normal(0, 1, (genes["module"].max() + 2, width))
    centres[-1] = 0
    latent: np.ndarray = centres[genes["module"]] + chance.normal(0, 0.6, (len(genes), width))
    return latent
