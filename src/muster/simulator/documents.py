"""What every document of an observation says: the mouse, and the procedure done on it."""

from functools import cache
from typing import Any

import numpy as np

from muster.simulator.chance import identifier
from muster.simulator.consortium import Consortium
from muster.simulator.equipment import metadata, metadata_group
from muster.simulator.specimens import Colony, machine_on
from muster.simulator.vocabulary import centres, offers, rows

Document = dict[str, Any]
COUNTERPART = {"heterozygote": "+", "hemizygote": "0"}


def who(consortium: Consortium, mouse: Any) -> Document:
    """Return what a document says about the mouse itself; `mouse` is a row of the colony's mice."""
    centre = centres().iloc[mouse.centre_index]
    born = mouse.born_on.strftime("%Y-%m-%d")
    document: Document = {
        "specimen_id": mouse.specimen_id,
        "external_sample_id": f"{centre['lab_code']}-{mouse.Index:06d}",
        "litter_id": f"{centre['lab_code']}-{born.replace('-', '')}-{mouse.litter}",
        "biological_sample_group": "control" if mouse.is_control else "experimental",
        "colony_id": centre["lab_code"],
        "sex": mouse.sex,
        "zygosity": mouse.zygosity,
        "strain_name": centre["strain"],
        "strain_accession_id": centre["strain_id"],
        "genetic_background": f"involves: {centre['background']}",
        "phenotyping_center": centre["centre"],
        "production_center": centre["centre"],
        "project_name": centre["project"],
        "datasource_name": centre["resource"],
        "date_of_birth": f"{born}T00:00:00Z",
        "life_stage_name": "Early adult",
        "developmental_stage_name": "postnatal",
    }
    if not mouse.is_control:
        line = consortium.lines.iloc[mouse.line]
        document |= {
            "colony_id": line["colony_id"],
            "gene_accession_id": line["gene_id"],
            "gene_symbol": line["symbol"],
            "allele_accession_id": line["allele_id"],
            "allele_symbol": line["allele_symbol"],
            "allelic_composition": f"{line['allele_symbol']}/{COUNTERPART.get(mouse.zygosity, line['allele_symbol'])}",
        }
    return document


def experiment(colony: Colony, mouse: Any, offer: Any) -> Document:
    """Return what a document says about the procedure by which a trait of the mouse was measured."""
    return visit(colony, mouse, offer, colony.measured_on[mouse.Index, offer.trait_index])


def visit(colony: Colony, mouse: Any, offer: Any, day: np.datetime64) -> Document:
    """Return what a document says about the procedure done on the mouse that day."""
    centre, machine = mouse.centre_index, int(machine_on(day, mouse.centre_index))
    age = int((day - mouse.born_on.to_datetime64()).astype("timedelta64[D]").astype(int))
    weight = colony.values[mouse.Index, 0]
    return {
        "experiment_id": identifier("experiment", mouse.specimen_id, offer.procedure_id),
        "pipeline_stable_id": offer.pipeline_id,
        "procedure_group": offer.procedure_id.rsplit("_", 1)[0],
        "procedure_stable_id": offer.procedure_id,
        "procedure_name": offer.procedure_name,
        "parameter_stable_id": offer.parameter_id,
        "parameter_name": offer.parameter_name,
        "date_of_experiment": f"{day}T00:00:00Z",
        "age_in_days": age,
        "age_in_weeks": age // 7,
        "weight": None if np.isnan(weight) else round(float(weight) * (1 + 0.01 * (age // 7 - 8)), 2),
        "metadata": metadata(centre, offer.procedure_id, machine),
        "metadata_group": metadata_group(centre, offer.procedure_id, machine),
    }


@cache
def offers_of(centre_index: int) -> tuple[Any, ...]:
    """Return what a centre measures, as rows."""
    frame = offers()
    return tuple(rows(frame[frame["centre_index"] == centre_index]))
