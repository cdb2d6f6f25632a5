"""The body weight curve: some centres weigh their mice every week."""

from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from muster.simulator.chance import identifier, stream
from muster.simulator.consortium import Consortium
from muster.simulator.documents import Document, visit
from muster.simulator.specimens import TAKEN, Colony
from muster.simulator.vocabulary import centres

WEIGHED_AT = ("TCP", "HMGU")
WEEKS = range(4, 17)
GROWN_AT, PACE = 8, 0.22
"""The week for which body weight is reported, and how fast growth ends."""
JITTER = 0.012
PROCEDURE_ID, PROCEDURE_NAME = "IMPC_BWT_008", "Body Weight Curve"
PARAMETER_ID, PARAMETER_NAME = "IMPC_BWT_008_001", "Body weight curve"
UNIT, TIME_UNIT = "g", "weeks"
BODY_WEIGHT = 0


def grown(week: int) -> float:
    """Return the weight in a week as a multiple of that of the eighth.

    >>> [round(grown(week), 2) for week in (4, 8, 16)]
    [0.61, 1.0, 1.23]
    """
    return float((1 - np.exp(-PACE * (week - 1))) / (1 - np.exp(-PACE * (GROWN_AT - 1))))


def curves(consortium: Consortium, colony: Colony) -> np.ndarray:
    """Return mouse x week: grams, NaN where the mouse was not weighed."""
    chance = stream(consortium.seed, "curves")
    shape = (len(colony.mice), len(WEEKS))
    jitter, taken = 1 + chance.normal(0, JITTER, shape), chance.random(shape) < TAKEN
    growth = np.array([grown(week) for week in WEEKS])
    grams = colony.values[:, [BODY_WEIGHT]] * growth * jitter
    weighed = colony.mice["centre"].isin(WEIGHED_AT).to_numpy()[:, None] & taken
    return np.asarray(np.where(weighed, grams, np.nan))


def curve_documents(colony: Colony, mouse: Any, facts: Document, grams: np.ndarray) -> Iterator[Document]:
    """Return the points of a mouse's curve; `grams` are its weights by week."""
    offer = _offer(mouse.centre_index)
    for week, weight in zip(WEEKS, grams, strict=True):
        if not np.isnan(weight):
            day = mouse.born_on.to_datetime64().astype("datetime64[D]") + np.timedelta64(7 * week, "D")
            yield {
                **facts,
                **visit(colony, mouse, offer, day),
                "experiment_id": identifier("experiment", mouse.specimen_id, PROCEDURE_ID, week),
                "observation_id": identifier("observation", mouse.specimen_id, PARAMETER_ID, week),
                "observation_type": "time_series",
                "data_type": "FLOAT",
                "data_point": round(float(weight), 2),
                "time_point": f"{day}T00:00:00Z",
                "discrete_point": week,
            }


@cache
def _offer(centre_index: int) -> SimpleNamespace:
    return SimpleNamespace(
        pipeline_id=centres().at[centre_index, "pipeline_id"],
        procedure_id=PROCEDURE_ID,
        procedure_name=PROCEDURE_NAME,
        parameter_id=PARAMETER_ID,
        parameter_name=PARAMETER_NAME,
    )
