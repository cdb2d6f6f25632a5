"""Breeding: how many homozygous pups each line gave, and the call that a release makes of it."""

import numpy as np
import pandas as pd

from muster.catalog import release_key
from muster.simulator.chance import stream
from muster.simulator.consortium import Consortium
from muster.simulator.knowledge import constraint
from muster.simulator.vocabulary import LETHAL, SUBVIABLE, centres

SURVIVING = {"lethal": 0.0, "subviable": 0.06, "viable": 0.25}
"""Share of homozygotes at weaning, by true outcome (a quarter where nothing is lost)."""
CELLULAR_BELOW = -0.45
"""Effect on the growth of human cell lines at which a lethal gene counts as one that cells need."""
DISCORDANT = 0.12
"""Chance that a second line of a gene comes out differently (background, allele)."""


def viability_calls(consortium: Consortium, release: str, stage: int) -> pd.DataFrame:
    """Return one row per published line: pups by sex and genotype, the call, and the MP term it earns."""
    chance = stream(consortium.seed, "viability")
    lines = consortium.lines
    outcome = lines["outcome"].to_numpy(dtype=object).copy()
    differs = lines["gene"].duplicated().to_numpy() & (chance.random(len(lines)) < DISCORDANT)
    outcome[differs] = np.where(outcome[differs] == "viable", "subviable", "viable")
    pups = chance.integers(48, 130, len(lines))
    share = pd.Series(outcome).map(SURVIVING).to_numpy()
    homozygous = chance.binomial(pups, np.clip(share * chance.uniform(0.8, 1.2, len(lines)), 0, 1))
    wild_type = chance.binomial(pups - homozygous, 1 / 3)
    counts = {"hom": homozygous, "wt": wild_type, "het": pups - homozygous - wild_type}
    males = {name: chance.binomial(count, 0.5) for name, count in counts.items()}
    percentage = 100 * homozygous / pups
    frame = lines.assign(
        line=lines.index,
        pups=pups,
        **{f"{name}_males": males[name] for name in counts},
        **{f"{name}_females": counts[name] - males[name] for name in counts},
        percentage=percentage.round(2),
        call=_call(percentage, release),
        is_hemizygous=(lines["zygosity"] == "hemizygote").to_numpy(),
        is_cellular=(constraint(consortium.genes, consortium.seed)["depmap"] <= CELLULAR_BELOW).to_numpy()[
            lines["gene"]
        ],
    )
    frame = frame[frame["stage"] <= stage]
    of_centre = centres().iloc[frame["centre_index"]].set_axis(frame.index)
    frame = frame.assign(strain=of_centre["strain"], strain_id=of_centre["strain_id"])
    is_conflicting = frame.groupby("gene")["call"].transform("nunique") > 1
    terms = frame["call"].map({"lethal": LETHAL, "subviable": SUBVIABLE, "viable": ""})
    return frame.assign(comment=np.where(is_conflicting, "Conflicting data", ""), mp_term_id=terms)


def _call(percentage: np.ndarray, release: str) -> np.ndarray:
    """Subviable means less than half of the expected quarter; before 20.0 the border lay higher."""
    border = 12.5 if release_key(release) >= release_key("20.0") else 16.0
    return np.where(percentage == 0, "lethal", np.where(percentage < border, "subviable", "viable"))
