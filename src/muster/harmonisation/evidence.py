"""What the data say about a unit: one sentence a label, the doubtful ones first."""

import re
from typing import Any

import pandas as pd

from muster.portal.pages import rows_of

DOUBTFUL, UNDECIDED, DECIDED, HOLDS = "label doubtful", "undecided", "decided from the data", "label holds"
#: In the order in which a reader should look at them.
VERDICTS = (DOUBTFUL, UNDECIDED, DECIDED, HOLDS)
#: Of the readings that a label cannot mean, only the likeliest are shown.
SHOWN_READINGS = 3
#: A slip by powers of ten, as the mart names it: the unit, a stroke, what the values should be multiplied by.
_SLIP = re.compile(r"(?P<unit>.+) / (?P<factor>[\d.]+)")
_LABEL = ["trait_id", "centre", "unit", "verdict"]


def cases(evidence: pd.DataFrame, names: dict[str, str]) -> list[dict[str, Any]]:
    """Return one entry per label of a trait at a centre, with its sentence and its readings.

    Args:
        evidence: the mart `unit_evidence`: a row a parameter, centre and reading.
        names: trait -> its name for people.
    """
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    keys = ["trait_id", "parameter_id", "pipeline_id", "centre"]
    for (_, parameter, _, _), rows in evidence.sort_values([*keys, "reading"]).groupby(keys, dropna=False):
        case = _case(rows, names)
        # A parameter has versions and pipelines; the same finding of the same trait and centre is one.
        kept = found.setdefault((*(case[name] for name in _LABEL), case["chosen"], case["best"]), case)
        if case["control_count"] > kept["control_count"]:
            kept.update({**case, "parameters": kept["parameters"]})
        kept["parameters"] = sorted({*kept["parameters"], str(parameter)})
    return sorted(found.values(), key=lambda case: (VERDICTS.index(case["verdict"]), case["trait"], case["centre"]))


def findings(listed: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return verdict and sentence of every label that does not simply hold; what was decided, once for all centres."""
    found = [(case["verdict"], case["sentence"]) for case in listed if case["verdict"] in (DOUBTFUL, UNDECIDED)]
    decided: dict[tuple[str, str], dict[str, list[str]]] = {}
    for case in listed:
        if case["verdict"] == DECIDED:
            places = decided.setdefault((case["trait"], case["unit"]), {})
            places.setdefault(case["chosen"], []).append(case["centre"])
    for (trait, unit), places in sorted(decided.items()):
        taken = "; ".join(f"like {reading} at {', '.join(sorted(set(places[reading])))}" for reading in sorted(places))
        found.append((DECIDED, f"{trait} labelled {unit} can mean several things. Controls read {taken}."))
    return found


def contested(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the cases of the traits in which at least one label does not simply hold."""
    traits = {case["trait_id"] for case in listed if case["verdict"] != HOLDS}
    return [case for case in listed if case["trait_id"] in traits]


def _case(rows: pd.DataFrame, names: dict[str, str]) -> dict[str, Any]:
    first = rows.iloc[0]
    readings = rows.sort_values(["probability", "reading"], ascending=[False, True])
    readings = readings.assign(reading=readings["reading"].map(plain)).round({"shift": 4, "log_likelihood": 2})
    columns = ["reading", "factor", "shift", "log_likelihood", "probability", "is_label", "is_default", "is_chosen"]
    listed = [
        reading
        for rank, reading in enumerate(rows_of(readings[columns]))
        if rank < SHOWN_READINGS or reading["is_label"] or reading["is_chosen"]
    ]
    chosen = next((reading for reading in listed if reading["is_chosen"]), listed[0])
    case = {
        **{name: first[name] for name in _LABEL},
        "trait": names.get(first["trait_id"], str(first["trait_id"]).replace("_", " ")),
        "parameters": [],
        "control_count": int(first["control_count"]),
        "other_centre_count": int(first["other_centre_count"]),
        "readings": listed,
        "chosen": chosen["reading"],
        "best": listed[0]["reading"],
    }
    return {**case, "sentence": sentence(case)}


def sentence(case: dict[str, Any]) -> str:
    """Return what was found about a label, for a biologist.

    >>> readings = [
    ...     {"reading": "mmol/l", "factor": 1.0, "is_label": False, "is_default": False, "is_chosen": False},
    ...     {"reading": "mg/dl", "factor": 0.0555, "is_label": True, "is_default": True, "is_chosen": True},
    ... ]
    >>> known = {"centre": "ICS", "trait": "glucose", "unit": "mg/dl", "control_count": 120, "readings": readings}
    >>> sentence({**known, "verdict": "label doubtful", "best": "mmol/l", "chosen": "mg/dl"})
    'ICS: glucose is labelled mg/dl but reads like mmol/l (\u00d7 18.0). The values stay as they are labelled.'
    """
    subject = f"{case['centre']}: {case['trait']} is labelled {case['unit'] or 'without a unit'}"
    labels = [reading for reading in case["readings"] if reading["is_label"]]
    meant = " or ".join(sorted(reading["reading"] for reading in labels))
    if case["verdict"] == DOUBTFUL:
        return subject + _doubt(case, labels)
    if case["verdict"] == UNDECIDED:
        count = f"{case['control_count']:,} controls"
        return f"{subject}. Its {count} do not tell {meant}; it is taken as {case['chosen']}."
    if case["verdict"] == DECIDED:
        return f"{subject}, which may mean {meant}. Its controls read like {case['chosen']}."
    return f"{subject}, and reads like it."


def _doubt(case: dict[str, Any], labels: list[dict[str, Any]]) -> str:
    default = next((reading for reading in labels if reading["is_default"]), labels[0])
    ratio = case["readings"][0]["factor"] / default["factor"]
    is_kept = any(reading["is_chosen"] for reading in labels)
    stays = "stay as they are labelled" if is_kept else f"are taken as {case['chosen']}"
    if case["best"].endswith((" times too small", " times too large")):
        return f" but its values are {case['best'].rpartition(', ')[2]} for that. They {stays}."
    times = f"\u00d7 {_several(ratio)}" if ratio >= 1 else f"\u00f7 {_several(1 / ratio)}"
    return f" but reads like {case['best']} ({times}). The values {stays}."


def _several(ratio: float) -> str:
    return f"{round(ratio):,}" if ratio >= 100 else f"{ratio:.1f}" if ratio % 1 > 1e-9 else f"{ratio:.0f}"  # noqa: PLR2004


def plain(reading: str) -> str:
    """Return a reading as people say it; another unit comes with its own reading, which often is the unit once more.

    >>> plain("mmol/l (mmol/l)"), plain("mg/dl (urea nitrogen)")
    ('mmol/l', 'urea nitrogen in mg/dl')
    >>> plain("g / 1000"), plain("g / 0.01")
    ('g, 1,000 times too small', 'g, 100 times too large')
    """
    if slip := _SLIP.fullmatch(reading):
        factor = float(slip["factor"])
        size = "small" if factor > 1 else "large"
        return f"{slip['unit']}, {max(factor, 1 / factor):,.0f} times too {size}"
    unit, _, meaning = reading.removesuffix(")").partition(" (")
    if not meaning or not reading.endswith(")"):
        return reading
    return unit if meaning == unit else f"{meaning} in {unit}"
