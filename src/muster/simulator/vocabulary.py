"""The words of the domain: terms, parameters, centres, effects and tissues, from the tables in `seeds/`."""

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

SEEDS = Path(__file__).parent / "seeds"
ROOT_TERM = "MP:0000001"
LETHAL, SUBVIABLE = "MP:0011100", "MP:0011110"


def seed(name: str) -> pd.DataFrame:
    """Return a table of `seeds/` as text, blanks kept."""
    return pd.read_csv(SEEDS / f"{name}.csv", dtype=str, keep_default_na=False)


def rows(frame: pd.DataFrame) -> list[Any]:
    """Return the rows as named tuples."""
    return list(frame.itertuples())


@cache
def terms() -> pd.DataFrame:
    """Return the MP terms used here, by id; some real steps between a term and its system are left out."""
    return seed("terms").set_index("mp_term_id")


@cache
def ancestors(term: str) -> frozenset[str]:
    """Return every term above `term`, the root of the ontology left out.

    >>> sorted(ancestors("MP:0010024"))
    ['MP:0005375', 'MP:0005452']
    """
    parents = [parent for parent in str(terms().at[term, "parent_ids"]).split("|") if parent not in ("", ROOT_TERM)]
    return frozenset(parents).union(*(ancestors(parent) for parent in parents))


@cache
def top_levels(term: str) -> tuple[str, ...]:
    """Return the systems `term` belongs to."""
    return tuple(sorted(t for t in ancestors(term) | {term} if terms().at[t, "parent_ids"] == ROOT_TERM))


@cache
def centres() -> pd.DataFrame:
    """Return the centres with pipeline, strain, share of the lines and the procedures they skip."""
    frame = seed("centres")
    return frame.assign(share=frame["share"].astype(float), open_field_seconds=frame["open_field_seconds"].astype(int))


@cache
def traits() -> pd.DataFrame:
    """Return what is measured, one row per trait, with IMPC's parameter and its canonical unit."""
    frame = seed("parameters")
    numeric = ["female_mean", "male_mean", "sd", "weight_share", "decimals"]
    return frame.assign(**{column: frame[column].astype(float) for column in numeric})


@cache
def offers() -> pd.DataFrame:
    """Return which centre measures which trait: under which pipeline, procedure, parameter and unit.

    `unit` is what the label says; `divisor` turns the canonical unit into `true_unit`, which is what is submitted.
    """
    legacy = seed("legacy_parameters")
    impc = traits().drop(columns=["parameter_id", "parameter_name", "procedure_id", "procedure_name", "unit"])
    procedure_of = traits().set_index("trait")["procedure_id"]
    legacy = legacy.merge(impc, on="trait").assign(canonical_procedure_id=lambda f: f["trait"].map(procedure_of))
    modern = _modern(legacy)
    both = pd.concat([modern[legacy.columns.drop("replaces")], legacy.drop(columns="replaces")], ignore_index=True)
    order = {trait: number for number, trait in enumerate(traits()["trait"])}
    index = {centre: number for number, centre in enumerate(centres()["centre"])}
    both = both.assign(
        divisor=both["divisor"].astype(float),
        trait_index=both["trait"].map(order),
        centre_index=both["centre"].map(index),
    )
    return _mislabelled(both).sort_values(["centre_index", "trait_index"], ignore_index=True)


def _modern(legacy: pd.DataFrame) -> pd.DataFrame:
    """Return what the centres measure by IMPC's parameters: a legacy parameter replaces one, or a whole procedure."""
    modern = traits().merge(centres()[["centre", "pipeline_id", "skips"]], how="cross")
    modern = modern.assign(divisor="1", reading="", canonical_procedure_id=modern["procedure_id"])
    wholly = legacy[legacy["replaces"] == "procedure"]
    procedures = set(zip(wholly["centre"], wholly["canonical_procedure_id"], strict=True))
    parameters = set(zip(legacy["centre"], legacy["trait"], strict=True))
    is_left = [
        row.procedure_id not in row.skips.split()
        and (row.centre, row.procedure_id) not in procedures
        and (row.centre, row.trait) not in parameters
        for row in rows(modern)
    ]
    return modern[is_left]


def _mislabelled(offered: pd.DataFrame) -> pd.DataFrame:
    """Add the unit that is truly submitted, which at some centres is not what the label says."""
    wrong = offered.merge(seed("mislabelled_units"), on=["centre", "trait"], how="left", validate="one_to_one")
    return wrong.assign(
        true_unit=wrong["true_unit"].fillna(wrong["unit"]),
        divisor=wrong["factor"].astype(float).fillna(wrong["divisor"]),
        is_mislabelled=wrong["factor"].notna(),
    ).drop(columns="factor")
