"""What was decided about the unit of each parameter at each centre, one row each, with what a person must know."""

import duckdb

from muster.quality.frames import Frame
from muster.warehouse import tables

VERDICTS = """
    select
        trait_id,
        parameter_id,
        pipeline_id,
        centre,
        min(unit) as unit,
        max(control_count)::double as control_count,
        round(pow(10, max(shift) filter (where is_chosen)), 4) as fold,
        arg_max(reading, probability) as likely_reading,
        round(max(probability), 4) as probability,
        min(verdict) as verdict
    from marts.unit_evidence
    group by trait_id, parameter_id, pipeline_id, centre
    order by trait_id, parameter_id, pipeline_id, centre
"""

KEYS = [
    "trait_id",
    "parameter_id",
    "pipeline_id",
    "centre",
    "unit",
    "fold",
    "likely_reading",
    "probability",
    "control_count",
]


def verdict_frame(connection: duckdb.DuckDBPyConnection, _: str) -> Frame | None:
    """Return one row a parameter, pipeline and centre; `fold` is its controls over those of the other centres."""
    if "unit_evidence" not in tables(connection, "marts"):
        return None
    data = connection.sql(VERDICTS).df()
    return Frame(data, len(data), KEYS)
