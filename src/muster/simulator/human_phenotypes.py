"""Human diseases of the simulated genes, as HPO publishes them: what the loss of a module does to people."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from muster.simulator.chance import stream
from muster.simulator.consortium import Consortium
from muster.simulator.writing import table

COLUMNS = ["ncbi_gene_id", "gene_symbol", "hpo_id", "hpo_name", "frequency", "disease_id"]
TERMS_A_MODULE, COMMON_TERMS = 8, 30
WITH_DISEASE = 0.25
"""Share of human genes that a disease is known for, the much-studied ones first."""
SEEN, UNRELATED = 0.5, 3
"""Share of the module's terms that a disease shows, and how many terms of no meaning it shows besides."""
INHERITANCE = [("HP:0000006", "Autosomal dominant inheritance"), ("HP:0000007", "Autosomal recessive inheritance")]
#: What HPO says of how many patients show a term; the last two say that none does.
FREQUENCIES = ["-", "-", "-", "HP:0040281", "HP:0040283", "4/9", "35%", "0/7", "HP:0040285"]

Row = tuple[object, ...]


def human_phenotypes(consortium: Consortium) -> str:
    """Return the table: a row a human gene, HPO term and disease, ids from ranges that HPO does not use."""
    chance = stream(consortium.seed, "human_phenotypes")
    genes = consortium.genes[consortium.genes["human_symbol"] != ""].drop_duplicates("human_symbol")
    rows = [row for number, gene in enumerate(_diseased(genes, chance)) for row in _disease(number, gene, chance)]
    return table(COLUMNS, list(zip(*rows, strict=True)), separator="\t")


def _diseased(genes: pd.DataFrame, chance: np.random.Generator) -> list[pd.Series]:
    weight = genes["popularity"].to_numpy()
    size = max(1, int(WITH_DISEASE * len(genes)))
    chosen = np.sort(chance.choice(len(genes), size=size, replace=False, p=weight / weight.sum()))
    return [genes.iloc[place] for place in chosen]


def _disease(number: int, gene: pd.Series, chance: np.random.Generator) -> Iterator[Row]:
    """Yield the rows of one disease: its inheritance, what its module shows, and what means nothing."""
    disease = f"{'ORPHA' if number % 3 == 0 else 'OMIM'}:{9_900_000 + number}"
    first = COMMON_TERMS + TERMS_A_MODULE * int(gene["module"])
    typical = np.arange(first, first + TERMS_A_MODULE)[chance.random(TERMS_A_MODULE) < SEEN]
    # A gene of no module shows nothing typical.
    shown = typical if gene["module"] >= 0 else typical[:0]
    listed = np.unique(np.concatenate([shown, chance.choice(COMMON_TERMS, size=UNRELATED, replace=False)]))
    terms = [(f"HP:99{term:05d}", f"Simulated human phenotype {term}") for term in listed]
    for term_id, name in [INHERITANCE[int(chance.integers(2))], *terms]:
        is_inheritance = term_id.startswith("HP:00")
        frequency = "-" if is_inheritance else FREQUENCIES[int(chance.integers(len(FREQUENCIES)))]
        yield (gene["human_entrez_id"], gene["human_symbol"], term_id, name, frequency, disease)
