"""What harmonisation must recover: units, protocols, machines, drift, the part of body weight, and line effects."""

import numpy as np
import pandas as pd

from muster.simulator.categories import true_shares
from muster.simulator.consortium import Consortium
from muster.simulator.equipment import metadata_group
from muster.simulator.specimens import (
    BATCH_DAYS,
    FIRST_BIRTH,
    NEW_EQUIPMENT_ON,
    SUMMED_OVER_TIME,
    USUAL_SECONDS,
    Colony,
    seasons,
)
from muster.simulator.vocabulary import centres, offers, traits

KEYS = ["centre", "trait", "pipeline_id", "parameter_id"]
OPEN_FIELD = "IMPC_OFD_001"


def planted(consortium: Consortium, colony: Colony) -> dict[str, pd.DataFrame]:
    """Return the truth tables by name."""
    return {
        "units": _units(),
        "protocols": _protocols(),
        "machines": _machines(colony),
        "batches": _batches(colony),
        "weight_slopes": traits().loc[traits()["kind"] != "constant", ["trait", "weight_share"]],
        "line_effects": _line_effects(consortium),
        "categories": true_shares(consortium),
    }


def _units() -> pd.DataFrame:
    """Say of each parameter of a centre what its label is, what its numbers are, and the factor to the trait's unit."""
    named = offers().rename(columns={"unit": "label", "divisor": "factor"})
    return named[[*KEYS, "label", "true_unit", "reading", "factor", "is_mislabelled"]]


def _protocols() -> pd.DataFrame:
    """Say how long each open field lasts, and by how much that alone multiplies a number."""
    field = offers()[offers()["canonical_procedure_id"] == OPEN_FIELD]
    seconds = centres()["open_field_seconds"].to_numpy()[field["centre_index"]]
    is_sum = field["trait"].isin(SUMMED_OVER_TIME)
    factor = np.where(is_sum, seconds / USUAL_SECONDS, 1.0)
    return field[KEYS].assign(protocol_seconds=seconds, is_sum=is_sum, factor=factor)


def _machines(colony: Colony) -> pd.DataFrame:
    """Say how the level at a centre, with each of its machines, relates to the canonical one."""
    parts = []
    for machine in (0, 1):
        used = _used(colony, colony.equipment == machine)
        places = used["centre_index"], used["trait_index"]
        factor = colony.second_machine[places] if machine else np.ones(len(used))
        groups = [
            metadata_group(centre, procedure, machine)
            for centre, procedure in zip(used["centre_index"], used["procedure_id"], strict=True)
        ]
        parts.append(
            used[KEYS].assign(
                machine=machine + 1,
                metadata_group=groups,
                used_from=NEW_EQUIPMENT_ON if machine else FIRST_BIRTH,
                factor=factor.round(6),
                level=(colony.centre_scale[places] * factor).round(6),
            )
        )
    return pd.concat(parts).sort_values([*KEYS, "machine"], kind="stable")


def _used(colony: Colony, with_machine: np.ndarray) -> pd.DataFrame:
    """Return the offers of which any mouse was measured so."""
    mouse, trait = np.nonzero(with_machine & ~np.isnan(colony.values))
    found = set(zip(colony.mice["centre_index"].to_numpy()[mouse], trait, strict=True))
    offered = zip(offers()["centre_index"], offers()["trait_index"], strict=True)
    return offers()[[place in found for place in offered]]


def _batches(colony: Colony) -> pd.DataFrame:
    """Say by how many wild-type standard deviations each season that saw mice shifted them."""
    mouse, trait = np.nonzero(~np.isnan(colony.values))
    frame = pd.DataFrame(
        {
            "centre_index": colony.mice["centre_index"].to_numpy()[mouse],
            "trait_index": trait,
            "season": seasons(colony.measured_on)[mouse, trait],
            "control_count": colony.mice["is_control"].to_numpy()[mouse].astype(int),
            "mouse_count": 1,
        }
    )
    frame = frame.groupby(["centre_index", "trait_index", "season"], as_index=False).sum()
    drift = colony.drift[frame["centre_index"], frame["trait_index"], frame["season"]]
    starts = FIRST_BIRTH + frame["season"].to_numpy() * np.timedelta64(BATCH_DAYS, "D")
    frame = frame.assign(starts_on=starts, ends_on=starts + np.timedelta64(BATCH_DAYS - 1, "D"), drift=drift.round(6))
    moving = offers().loc[offers()["kind"] != "constant", [*KEYS, "centre_index", "trait_index"]]
    named = moving.merge(frame, on=["centre_index", "trait_index"])
    return named[[*KEYS, "starts_on", "ends_on", "drift", "control_count", "mouse_count"]]


def _line_effects(consortium: Consortium) -> pd.DataFrame:
    """Say how far the loss truly moves each trait measured on the lines whose mice are published."""
    of_line = consortium.lines["is_measured"].to_numpy()[:, None] & (traits()["kind"] == "simple").to_numpy()
    line, trait = np.nonzero(consortium.is_measured & of_line)
    names = ["colony_id", "gene_id", "allele_symbol", "zygosity", "centre_index", "is_reference"]
    frame = consortium.lines[names].iloc[line].reset_index(drop=True)
    shifts = {f"{sex}_effect": consortium.effects[line, trait, side] for side, sex in enumerate(("female", "male"))}
    frame = frame.assign(trait_index=trait, **{name: shift.round(6) for name, shift in shifts.items()})
    named = frame.merge(offers()[[*KEYS, "centre_index", "trait_index"]], on=["centre_index", "trait_index"])
    listed = ["colony_id", "gene_id", "allele_symbol", "zygosity", "is_reference", *KEYS, *shifts]
    return named[listed]
