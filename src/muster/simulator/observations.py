"""Every data point of the published mice, as documents of the bulk files; parameters with their units."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from muster.simulator.chance import identifier
from muster.simulator.consortium import Consortium
from muster.simulator.equipment import metadata, metadata_group
from muster.simulator.specimens import Colony
from muster.simulator.vocabulary import centres, offers, rows, traits
from muster.simulator.writing import compressed, json_lines

Document = dict[str, Any]
GLUCOSE_COURSE = {0: 1.0, 15: 2.9, 30: 2.6, 60: 1.8, 120: 1.2}
"""Minutes after the injection, and the multiple of the fasted level reached by then."""
COUNTERPART = {"heterozygote": "+", "hemizygote": "0"}


def observation_parts(consortium: Consortium, colony: Colony, extra: dict[int, list[Document]]) -> list[bytes]:
    """Return one gzip part per wave of mice, `extra` documents by mouse included.

    A part, once published, keeps its bytes in later releases.
    """
    mice = rows(colony.mice)
    parts = []
    for wave in range(len(consortium.size.tested)):
        documents = (
            document
            for mouse in mice
            if mouse.stage == wave
            for document in [*_measurements(consortium, colony, mouse), *extra.get(int(str(mouse.Index)), [])]
        )
        parts.append(compressed(json_lines(documents)))
    return parts


def parameter_documents() -> list[dict[str, object]]:
    """Return the parameters of all pipelines, once each."""
    unique = offers().drop_duplicates("parameter_id").sort_values("parameter_id")
    return [
        {
            "parameterId": identifier("parameter", offer.parameter_id),
            "parameterStableId": offer.parameter_id,
            "name": offer.parameter_name,
            "dataType": "FLOAT",
            "unitX": offer.unit,
            "unitY": "minutes" if offer.kind == "series" else "",
            "potentialPhenotypeTermCuries": sorted({offer.increased, offer.decreased, offer.abnormal} - {""}),
        }
        for offer in rows(unique)
    ]


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
    """Return what a document says about the procedure done on the mouse."""
    centre, machine = mouse.centre_index, int(colony.equipment[mouse.Index, offer.trait_index])
    day = colony.measured_on[mouse.Index, offer.trait_index]
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


def _measurements(consortium: Consortium, colony: Colony, mouse: Any) -> Iterator[Document]:
    facts = who(consortium, mouse)
    for offer in offers_of(mouse.centre_index):
        value = colony.values[mouse.Index, offer.trait_index]
        if np.isnan(value):
            continue
        common = {**facts, **experiment(colony, mouse, offer)}
        if offer.kind == "series":
            rise = _rise(colony, mouse)
            for minutes, multiple in GLUCOSE_COURSE.items():
                yield common | _point(common, offer, value * (1 + (multiple - 1) * rise), minutes)
        else:
            yield common | _point(common, offer, value, None)


@cache
def _usual_area(sex: str) -> tuple[int, float]:
    """Return which trait is the area under the glucose curve, and its usual size."""
    (area,) = (row for row in rows(traits()) if row.trait == "glucose_response")
    return area.Index, float(getattr(area, f"{sex}_mean"))


def _rise(colony: Colony, mouse: Any) -> float:
    """Return how high glucose rises, as a multiple of the usual, from the area the mouse will be reported with."""
    trait, usual = _usual_area(mouse.sex)
    area = colony.values[mouse.Index, trait]
    return 1.0 if np.isnan(area) else float(area / usual)


def _point(common: Document, offer: Any, value: float, minutes: int | None) -> Document:
    day = common["date_of_experiment"][:10]
    # Legacy units are larger than the canonical ones; one digit more keeps the precision.
    digits = int(offer.decimals) + (2 if offer.divisor > 1 else 0)
    return {
        "observation_id": identifier("observation", common["specimen_id"], offer.parameter_id, minutes),
        "observation_type": "unidimensional" if minutes is None else "time_series",
        "data_type": "FLOAT",
        "data_point": round(float(value) / offer.divisor, digits),
        "time_point": None if minutes is None else f"{day}T{minutes // 60:02d}:{minutes % 60:02d}:00Z",
        "discrete_point": minutes,
    }
