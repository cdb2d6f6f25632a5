"""What is true behind a simulated mirror: for tests, never for models."""

from pathlib import Path

import numpy as np
import pandas as pd

from muster.simulator.consortium import PENETRANCE, SPORADIC, Consortium, plan
from muster.simulator.genes import modules
from muster.simulator.plants import planted
from muster.simulator.specimens import Colony
from muster.simulator.vocabulary import ancestors, centres, offers, traits

LEAST = 0.05
"""Probabilities below this are left out: no module stands behind them."""


def write_truth(consortium: Consortium, colony: Colony, pictures: pd.DataFrame, folder: Path) -> None:
    """Write modules, genes, term probabilities, pictures, and what sets the centres apart, as CSV."""
    folder.mkdir(parents=True)
    tables = {
        "modules": modules(consortium.size),
        "genes": _genes(consortium),
        "term_probabilities": term_probabilities(consortium),
        "centres": _centres(colony),
        "images": pictures.assign(is_misfiled=pictures["shown"] != pictures["filed"]),
        **planted(consortium, colony),
    }
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")


def term_probabilities(consortium: Consortium) -> pd.DataFrame:
    """Return how likely the full loss of each gene truly leads to each MP term, closed over is_a."""
    genes = consortium.genes
    effects = [plan(consortium.size)[genes[name].to_numpy()] for name in ("module", "second_module")]
    spared: dict[str, np.ndarray] = {}
    for column, sign in (("increased", 1), ("decreased", -1)):
        for trait, term in enumerate(traits()[column]):
            happens = 1 - np.prod([1 - PENETRANCE * (sign * effect[:, trait] > 0) for effect in effects], axis=0)
            for name in {term} | ancestors(term) if term else ():
                spared[name] = spared.get(name, np.ones(len(genes))) * (1 - np.maximum(happens, SPORADIC / 2))
    wide = pd.DataFrame({term: 1 - chance for term, chance in spared.items()}).assign(gene_id=genes["gene_id"])
    long = wide.melt("gene_id", var_name="mp_term_id", value_name="probability")
    long = long[long["probability"] >= LEAST].sort_values(["gene_id", "mp_term_id"])
    return long.assign(probability=long["probability"].round(4))


def _genes(consortium: Consortium) -> pd.DataFrame:
    genes = consortium.genes
    kind = dict(zip(modules(consortium.size)["module"], modules(consortium.size)["archetype"], strict=True))
    drawn = genes.drop(columns=["human_entrez_id", "hgnc_id", "ensembl_id", "family", "is_x_linked"])
    stage = consortium.lines.groupby("gene")["stage"].min()
    return drawn.assign(archetype=genes["module"].map(kind), tested_from_stage=genes.index.to_series().map(stage))


def _centres(colony: Colony) -> pd.DataFrame:
    names = ["centre", "trait", "pipeline_id", "procedure_id", "parameter_id", "unit", "divisor"]
    scale = colony.centre_scale[offers()["centre_index"], offers()["trait_index"]]
    seconds = centres()["open_field_seconds"].to_numpy()[offers()["centre_index"]]
    return offers()[names].assign(scale=scale.round(6), open_field_seconds=seconds)
