"""The genes: families, hidden functional modules, how much each is studied, whether its loss is lethal."""

from itertools import product

import numpy as np
import pandas as pd

from muster.simulator.chance import stream
from muster.simulator.sizes import Size
from muster.simulator.vocabulary import seed as seed_table

IN_MODULE, INHERITED, SECOND_MODULE = 0.92, 0.55, 0.12
"""Shares of genes: in some module; in the module of their family; in a second module."""
X_LINKED, WITHOUT_ORTHOLOGUE, SHARED_ORTHOLOGUE = 0.03, 0.03, 0.02
LETHAL_ELSEWHERE = 0.06


def modules(size: Size) -> pd.DataFrame:
    """Return the modules: archetype, share of lethal genes, and the traits their loss moves (`trait:effect …`)."""
    frame = pd.concat([seed_table("effects")] * size.module_copies, ignore_index=True)
    return frame.assign(lethal_share=frame["lethal_share"].astype(float)).rename_axis("module").reset_index()


def draw_genes(size: Size, seed: int) -> pd.DataFrame:
    """Return one row per gene: names, family, modules (-1 none), popularity, true outcome of its loss."""
    chance = stream(seed, "genes")
    count, table = size.genes, modules(size)
    family = _families(count, chance)
    module = _memberships(family, len(table), chance)
    second = np.where(chance.random(count) < SECOND_MODULE, chance.integers(len(table), size=count), -1)
    shares = np.append(table["lethal_share"].to_numpy(), LETHAL_ELSEWHERE)
    lethal = np.maximum(shares[module], shares[second] * (second >= 0))
    dice = chance.random(count)
    outcome = np.where(dice < lethal, "lethal", np.where(dice < lethal + 0.04 + 0.1 * lethal, "subviable", "viable"))
    frame = pd.DataFrame(
        {
            "family": family,
            "module": module,
            "second_module": second,
            "popularity": np.exp(chance.normal(0, 0.9, count)),
            "outcome": outcome,
            "is_x_linked": chance.random(count) < X_LINKED,
        }
    )
    return _named(frame.iloc[chance.permutation(count)].reset_index(drop=True), chance)


def _families(count: int, chance: np.random.Generator) -> np.ndarray:
    """Number the families: half of the genes stand alone, some families are large."""
    sizes = np.minimum(chance.zipf(1.9, count), 12)
    return np.repeat(np.arange(count), sizes)[:count]


def _memberships(family: np.ndarray, module_count: int, chance: np.random.Generator) -> np.ndarray:
    """Give most genes a module; relatives often share it, which is why splits must be by family."""
    of_family = chance.integers(module_count, size=family.max() + 1)
    own = chance.integers(module_count, size=len(family))
    module = np.where(chance.random(len(family)) < INHERITED, of_family[family], own)
    return np.where(chance.random(len(family)) < IN_MODULE, module, -1)


def _named(genes: pd.DataFrame, chance: np.random.Generator) -> pd.DataFrame:
    """Add identifiers in ranges that no real gene has."""
    count = len(genes)
    symbols = _symbols(count, chance)
    human = symbols.str.upper().to_numpy(dtype=object)
    missing = chance.random(count) < WITHOUT_ORTHOLOGUE
    shared = np.flatnonzero((chance.random(count) < SHARED_ORTHOLOGUE) & ~missing)
    human[missing] = ""
    # Two mouse genes with one human partner: not one-to-one, so nothing may cross over.
    for gene in shared[shared > 0]:
        human[gene] = human[gene - 1]
    numbers = np.arange(count)
    named = genes.assign(
        gene_id=[f"MGI:{9_000_000 + number}" for number in numbers],
        symbol=symbols,
        human_symbol=human,
        human_entrez_id=900_000_000 + numbers,
        hgnc_id=[f"HGNC:{900_000 + number}" for number in numbers],
        ensembl_id=[f"ENSMUSG{99_000_000_000 + number}" for number in numbers],
        panther_family=[f"PTHR{90_000 + number}" for number in genes["family"]],
    )
    partners = named["human_symbol"].map(named["human_symbol"].value_counts())
    return named.assign(is_one_to_one=(named["human_symbol"] != "") & (partners == 1))


def _symbols(count: int, chance: np.random.Generator) -> pd.Series:
    """Return invented symbols: three syllables, capitalised, none twice."""
    syllables = ["".join(pair) for pair in product("bdfgklmnprstvz", "aeiou")]
    codes = chance.choice(len(syllables) ** 3, size=count, replace=False)
    parts = [codes // len(syllables) ** 2, codes // len(syllables) % len(syllables), codes % len(syllables)]
    return pd.Series(["".join(syllables[part] for part in word).capitalize() for word in zip(*parts, strict=True)])
