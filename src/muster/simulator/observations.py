"""Every data point of the published mice, as documents of the bulk files; parameters with their units."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from muster.simulator.categories import category_documents, judged, judgements
from muster.simulator.chance import identifier
from muster.simulator.consortium import Consortium
from muster.simulator.curves import PARAMETER_ID, PARAMETER_NAME, TIME_UNIT, UNIT, curve_documents, curves
from muster.simulator.documents import Document, experiment, offers_of, who
from muster.simulator.specimens import Colony
from muster.simulator.vocabulary import offers, rows, traits
from muster.simulator.writing import compressed, json_lines

GLUCOSE_COURSE = {0: 1.0, 15: 2.9, 30: 2.6, 60: 1.8, 120: 1.2}
"""Minutes after the injection, and the multiple of the fasted level reached by then."""


def observation_parts(consortium: Consortium, colony: Colony, extra: dict[int, list[Document]]) -> list[bytes]:
    """Return one gzip part per wave of mice, `extra` documents by mouse included.

    A part, once published, keeps its bytes in later releases.
    """
    mice = rows(colony.mice)
    said, grams = judgements(consortium, colony), curves(consortium, colony)

    def observed(mouse: Any) -> Iterator[Document]:
        facts = who(consortium, mouse)
        yield from _measurements(colony, mouse, facts)
        yield from curve_documents(colony, mouse, facts, grams[mouse.Index])
        yield from category_documents(colony, mouse, facts, said[mouse.Index])
        yield from extra.get(int(mouse.Index), [])

    parts = []
    for wave in range(len(consortium.size.tested)):
        documents = (document for mouse in mice if mouse.stage == wave for document in observed(mouse))
        parts.append(compressed(json_lines(documents)))
    return parts


def parameter_documents() -> list[dict[str, object]]:
    """Return the parameters of all pipelines, once each."""
    documents = [_parameter(PARAMETER_ID, PARAMETER_NAME, unit_x=UNIT, unit_y=TIME_UNIT)]
    documents += [_parameter(each.parameter_id, each.parameter_name, kind="TEXT") for each in judged()]
    for offer in rows(offers().drop_duplicates("parameter_id")):
        terms = sorted({offer.increased, offer.decreased, offer.abnormal} - {""})
        document = _parameter(
            offer.parameter_id,
            offer.parameter_name,
            unit_x=offer.unit,
            unit_y="minutes" if offer.kind == "series" else "",
        )
        documents.append(document | {"potentialPhenotypeTermCuries": terms})
    return sorted(documents, key=lambda document: str(document["parameterStableId"]))


def _parameter(
    parameter_id: str, name: str, *, kind: str = "FLOAT", unit_x: str = "", unit_y: str = ""
) -> dict[str, object]:
    return {
        "parameterId": identifier("parameter", parameter_id),
        "parameterStableId": parameter_id,
        "name": name,
        "dataType": kind,
        "unitX": unit_x,
        "unitY": unit_y,
        "potentialPhenotypeTermCuries": [],
    }


def _measurements(colony: Colony, mouse: Any, facts: Document) -> Iterator[Document]:
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
