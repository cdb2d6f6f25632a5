"""What a model must reach before it may answer: the gates of its spec, held against its metrics."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

Metrics = dict[str, Any]


class UnknownGateError(ValueError):
    """A spec names a gate nobody knows."""


class Gate(BaseModel, frozen=True):
    """One thing a model must reach, and what it reached."""

    gate: str
    required: float
    found: float | None
    passed: bool

    @property
    def told(self) -> str:
        """Return the gate in words.

        >>> Gate(gate="auroc_min", required=0.7, found=0.65, passed=False).told
        'gate auroc_min: found 0.65, required 0.7'
        """
        found = "no such metric" if self.found is None else f"{self.found:.4g}"
        return f"gate {self.gate}: found {found}, required {self.required:.4g}"


def judge(gates: Mapping[str, float], metrics: Metrics) -> list[Gate]:
    """Return each gate with what was found; a metric that is missing does not pass.

    Raises:
        UnknownGateError: lists the gates there are.
    """
    unknown = sorted(set(gates) - set(GATES))
    if unknown:
        raise UnknownGateError(f"no such gate: {', '.join(unknown)}; a spec may name {', '.join(GATES)}")
    return [GATES[gate](gate, required, metrics) for gate, required in sorted(gates.items())]


def _at_least(gate: str, required: float, metrics: Metrics) -> Gate:
    found = _value(metrics["model"], gate.removesuffix("_min"))
    return Gate(gate=gate, required=required, found=found, passed=found is not None and found >= required)


def _at_most(gate: str, required: float, metrics: Metrics) -> Gate:
    found = _value(metrics["model"], gate.removesuffix("_max"))
    return Gate(gate=gate, required=required, found=found, passed=found is not None and found <= required)


def _null_distance(gate: str, required: float, metrics: Metrics) -> Gate:
    shuffled = _value(metrics.get("shuffled") or {}, "auroc")
    found = None if shuffled is None else abs(shuffled - 0.5)
    return Gate(gate=gate, required=required, found=found, passed=found is not None and found <= required)


def _above_baselines(gate: str, required: float, metrics: Metrics) -> Gate:
    """Compare with every baseline: `found` is the narrowest lead, which must be above `required`."""
    leads = [
        ours - theirs
        for figures in metrics.get("baselines", {}).values()
        for metric in COMPARED
        if (ours := _value(metrics["model"], metric)) is not None and (theirs := _value(figures, metric)) is not None
        # Where both are perfect (all radiographs show one view) there is nothing to lead by.
        if (ours, theirs) != (1, 1)
    ]
    found = min(leads) if leads else None
    return Gate(gate=gate, required=required, found=found, passed=found is not None and found > required)


def _value(figures: Metrics, metric: str) -> float | None:
    """Return a metric's value; it stands alone or before its interval."""
    entry = figures.get(metric)
    return entry[0] if isinstance(entry, list) else entry


COMPARED = ("auroc", "sex_accuracy", "view_accuracy")
GATES: dict[str, Callable[[str, float, Metrics], Gate]] = {
    "auroc_min": _at_least,
    "auprc_over_prevalence_min": _at_least,
    "sex_accuracy_min": _at_least,
    "view_accuracy_min": _at_least,
    "calibration_error_max": _at_most,
    "null_distance_max": _null_distance,
    "above_baselines": _above_baselines,
}
