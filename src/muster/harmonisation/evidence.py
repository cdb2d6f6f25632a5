"""What the data say about a unit: one sentence a label, the doubtful ones first."""

from typing import Any

import pandas as pd

from muster.portal.pages import rows_of

#: In the order in which a reader should look at them.
VERDICTS = ("label doubtful", "undecided", "decided from the data", "label holds")
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
    found = [(case["verdict"], case["sentence"]) for case in listed if case["verdict"] in VERDICTS[:2]]
    decided: dict[tuple[str, str], dict[str, list[str]]] = {}
    for case in listed:
        if case["verdict"] == "decided from the data":
            places = decided.setdefault((case["trait"], case["unit"]), {})
            places.setdefault(case["chosen"], []).append(case["centre"])
    for (trait, unit), places in sorted(decided.items()):
        taken = "; ".join(f"like {reading} at {', '.join(sorted(set(places[reading])))}" for reading in sorted(places))
        found.append(
            ("decided from the data", f"{trait} labelled {unit} can mean several things. Controls read {taken}.")
        )
    return found


def _case(rows: pd.DataFrame, names: dict[str, str]) -> dict[str, Any]:
    first = rows.iloc[0]
    readings = rows.sort_values(["probability", "reading"], ascending=[False, True])
    columns = ["reading", "factor", "shift", "log_likelihood", "probability", "is_label", "is_default", "is_chosen"]
    listed = rows_of(readings[columns])
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
    readings = case["readings"]
    subject = f"{case['centre']}: {case['trait']} is labelled {case['unit'] or 'without a unit'}"
    meant = " or ".join(sorted(reading["reading"] for reading in readings))
    if case["verdict"] == "label doubtful":
        label = next((reading for reading in readings if reading["is_label"]), readings[-1])
        kept = any(reading["is_chosen"] and reading["is_label"] for reading in readings)
        stays = "stay as they are labelled" if kept else f"are taken as {case['chosen']}"
        return f"{subject} but reads like {case['best']} ({_times(readings[0], label)}). The values {stays}."
    if case["verdict"] == "undecided":
        count = f"{case['control_count']:,} controls"
        return f"{subject}. Its {count} do not tell {meant}; it is taken as {case['chosen']}."
    if case["verdict"] == "decided from the data":
        return f"{subject}, which may mean {meant}. Its controls read like {case['chosen']}."
    return f"{subject}, and reads like it."


def _times(one: dict[str, Any], other: dict[str, Any]) -> str:
    """Return how many times larger values become under one reading than under the other."""
    ratio = one["factor"] / other["factor"]
    sign, ratio = ("\u00d7", ratio) if ratio >= 1 else ("\u00f7", 1 / ratio)
    return f"{sign} {ratio:,.0f}" if ratio >= 100 else f"{sign} {ratio:.3g}" if ratio < 10 else f"{sign} {ratio:.1f}"  # noqa: PLR2004
