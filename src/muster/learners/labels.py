"""What is to be predicted: three states per gene and term, an outcome per gene, and the fold of a gene's family."""

import hashlib
from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from muster import lake
from muster.graph.knowledge import positions

UNTESTED, TESTED, CALLED = -1, 0, 1
OUTCOMES = ("viable", "subviable", "lethal")

#: A term with fewer called genes can neither be learned nor judged; the specs ask for more.
FEWEST_CALLED = 20

#: The p-value below which the consortium calls (P_VALUE_THRESHOLD of its pipeline).
CALLED_BELOW = 1e-4
#: Standard deviations: the effect that the consortium's design, seven mutants of each sex beside many controls, finds
#: 19 times of 20. A smaller one is missed in every line, which tells no gene from another.
EFFECT = 1.5
DESIGN_MUTANTS = 14

CELLS = """
    with
    -- Builds published before the animals were counted lack both numbers.
    counted as (
        select null::integer as mutant_count, null::integer as control_count where false
        union all by name
        from read_parquet($calls)
    ),
    calls as (select gene_id, mp_term_id, status, mutant_count, control_count from counted),
    genes as (select gene_id, row_number() over (order by gene_id) - 1 as gene from read_parquet($genes)),
    terms as (
        select mp_term_id, row_number() over (order by mp_term_id) - 1 as term
        from (select mp_term_id from calls where status = 'called' group by mp_term_id having count(*) >= $fewest)
    )
    select gene, term, mp_term_id, (status = 'called')::tinyint as label, mutant_count, control_count
    from calls inner join genes using (gene_id) inner join terms using (mp_term_id)
"""


@dataclass(frozen=True)
class PhenotypeLabels:
    """genes x terms, with how sure each state is."""

    term_ids: list[str]
    states: NDArray[np.int8]
    """1 called, 0 tested and not called, -1 untested"""
    weights: NDArray[np.float32]
    """1 called, the power to have seen it where tested and not called, 0 untested"""


def phenotype_labels(release: str, gene_ids: list[str]) -> PhenotypeLabels:
    """Return the state of every gene of the universe for every term with enough called genes."""
    if not lake.has(release, "gene_phenotypes"):
        return PhenotypeLabels([], np.empty((len(gene_ids), 0), np.int8), np.empty((len(gene_ids), 0), np.float32))
    folder = lake.build(release)
    places = {"calls": str(folder / "gene_phenotypes.parquet"), "genes": str(folder / "genes.parquet")}
    with duckdb.connect() as connection:
        connection.execute(f"create temp table cells as {CELLS}", {**places, "fewest": FEWEST_CALLED})
        terms = connection.sql("select distinct term, mp_term_id from cells order by term").fetchall()
        cells = connection.sql("select * exclude (mp_term_id) from cells").fetchnumpy()
    states = np.full((len(gene_ids), len(terms)), UNTESTED, np.int8)
    states[cells["gene"], cells["term"]] = cells["label"]
    mutants, controls = (
        np.ma.filled(cells[name].astype(np.float64), np.nan) for name in ("mutant_count", "control_count")
    )
    weights = np.zeros(states.shape, np.float32)
    weights[cells["gene"], cells["term"]] = np.where(cells["label"] == CALLED, 1.0, power(mutants, controls))
    return PhenotypeLabels([term for _, term in terms], states, weights)


def power(mutants: NDArray[np.float64], controls: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probability of a call, had there been an effect of `EFFECT` standard deviations.

    Two-sided test of two means in the normal approximation, the far tail left out (Cohen 1988, chapter 2):

        power = Phi(d (m c / (m + c))^1/2 - z),  z = Phi^-1(1 - p / 2)

    with m mutants, c controls, d = `EFFECT` and p = `CALLED_BELOW`. Where a count is unknown (NaN), the design stands
    in: `DESIGN_MUTANTS` mutants and any number of controls, which gives 0.957.

    >>> power(np.array([4.0, 7, 14, np.nan]), np.array([100.0, 100, 1000, np.nan])).round(3).tolist()
    [0.171, 0.478, 0.954, 0.957]
    """
    animals = np.divide(mutants * controls, mutants + controls, out=np.zeros(len(mutants)), where=mutants > 0)
    effective = np.where(np.isnan(mutants + controls), DESIGN_MUTANTS, animals)
    return np.asarray(ndtr(EFFECT * np.sqrt(effective) + ndtri(CALLED_BELOW / 2)))


def viability_labels(release: str, gene_ids: list[str]) -> NDArray[np.int32]:
    """Return 0 viable, 1 subviable, 2 lethal per gene; -1 where it is unknown or the lines disagree."""
    labels = np.full(len(gene_ids), UNTESTED, np.int32)
    if not lake.has(release, "viability"):
        return labels
    known = lake.read(release, "viability", "gene_id, outcome").order("gene_id").fetchnumpy()
    rows = positions(gene_ids, known["gene_id"])
    for number, outcome in enumerate(OUTCOMES):
        labels[rows[(known["outcome"] == outcome) & (rows >= 0)]] = number
    return labels


def families(release: str) -> NDArray[np.object_]:
    """Return each gene's family in the order of gene ids; a gene without one is its own."""
    genes = lake.read(release, "genes", "gene_id, coalesce(family_id, gene_id) as family")
    return np.asarray(genes.order("gene_id").fetchnumpy()["family"])


def family_fold(family: str, *, folds: int, seed: int) -> int:
    """Return the fold of a family; it depends on nothing but its name and the seed, so releases agree.

    >>> [family_fold(family, folds=5, seed=17) for family in ("PTHR11738", "PTHR11786", "MGI:1")]
    [0, 0, 3]
    """
    return int.from_bytes(hashlib.sha256(f"{seed}:{family}".encode()).digest()[:8]) % folds
